import type { Recorded } from '#lib/event-sourcing';
import type { EventFilter, Subscribe, SubscriptionPage } from '#lib/event-store';

/** A page of the log that is decoded. */
export type ReadPage = Pick<SubscriptionPage, 'position' | 'live'> & { readonly events: readonly Recorded[] };

/** What a follower of the log asks for. */
export type Follow = Pick<Subscribe, 'after' | 'skippedTo'> & {
  readonly filter: EventFilter;
  readonly signal: AbortSignal;
};
