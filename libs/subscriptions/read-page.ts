import type { Recorded } from '#lib/event-sourcing';
import type { EventFilter, SubscriptionPage } from '#lib/event-store';

/** A page of the log that is decoded. */
export type ReadPage = Pick<SubscriptionPage, 'position' | 'live'> & { readonly events: readonly Recorded[] };

/** What a follower of the log asks for. */
export type Follow = { readonly after: number; readonly filter: EventFilter; readonly signal: AbortSignal };
