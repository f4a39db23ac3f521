import { usualRetry, type RetryPolicy } from '#lib/async';
import type { EventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import type { ReadModels } from '#lib/read-models';

/** Where a subscription reports: pino's shape. */
export type Log = {
  readonly info: (details: object, message: string) => void;
  readonly warn: (details: object, message: string) => void;
  readonly error: (details: object, message: string) => void;
};

/** How failing events are tried again; `maxAttempts` counts the first one. Transient trouble does not count. */
export type SubscriptionRetry = RetryPolicy & { readonly maxAttempts: number };

export const defaultSubscriptionRetry: SubscriptionRetry = { ...usualRetry, maxAttempts: 5 };

/** What every subscription stands on. */
export type SubscriptionContext = {
  readonly store: EventStore;
  readonly models: ReadModels;
  readonly codec: EventCodec;
  readonly log: Log;
  readonly retry: SubscriptionRetry;
};
