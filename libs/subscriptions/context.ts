import { usualRetry, type RetryPolicy } from '#lib/async';
import type { EventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import type { ReadModels } from '#lib/read-models';
import type { SagaProgress } from '#lib/saga-progress';
import type { Reading } from './reading.js';

/** Where a subscription logs: pino's interface. */
export type Log = {
  readonly info: (details: object, message: string) => void;
  readonly warn: (details: object, message: string) => void;
  readonly error: (details: object, message: string) => void;
};

/** How a failing event is retried. `maxAttempts` includes the first one; transient errors do not count. */
export type SubscriptionRetry = RetryPolicy & { readonly maxAttempts: number };

export const defaultSubscriptionRetry: SubscriptionRetry = { ...usualRetry, maxAttempts: 5 };

/** What every subscription needs. */
export type SubscriptionContext = {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly log: Log;
  readonly retry: SubscriptionRetry;
};

/** A projection's progress is stored with its view. `reading` is the same for all projections of a process. */
export type ProjectionContext = SubscriptionContext & { readonly models: ReadModels; readonly reading: Reading };

/** A saga's progress is stored apart from the views, so that deleting those does not make it react again. */
export type SagaContext = SubscriptionContext & { readonly sagaProgress: SagaProgress };
