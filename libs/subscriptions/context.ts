import type { EventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import type { ReadModels } from '#lib/read-models';
import type { RetryPolicy } from './retry-policy.js';

/** Where a subscription reports: pino's shape. */
export type Log = {
  readonly info: (details: object, message: string) => void;
  readonly warn: (details: object, message: string) => void;
  readonly error: (details: object, message: string) => void;
};

/** What every subscription stands on. */
export type SubscriptionContext = {
  readonly store: EventStore;
  readonly models: ReadModels;
  readonly codec: EventCodec;
  readonly log: Log;
  readonly retry: RetryPolicy;
};
