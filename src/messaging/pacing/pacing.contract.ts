import type { QuietHours } from '../../identity/pacing.contract.js';

/** How messages of a session are paced, with nothing left out: see `PacingSettings`. */
export type Pacing = {
  readonly enabled: boolean;
  readonly messagesPerMinute: number;
  readonly jitter: number;
  readonly warmUp: boolean;
  readonly newContactsPerDay: number | null;
  readonly newContactPauseSeconds: number;
  readonly breaker: boolean;
  readonly quietHours: QuietHours | null;
};

/** Careful enough for a number that people know. */
export const safePacing: Pacing = {
  enabled: true,
  messagesPerMinute: 20,
  jitter: 0.3,
  warmUp: true,
  newContactsPerDay: 200,
  newContactPauseSeconds: 20,
  breaker: true,
  quietHours: null,
};

/** Nothing but a pause between two messages. */
export const pauseOnly = { warmUp: false, newContactsPerDay: null, newContactPauseSeconds: 0, breaker: false } as const;
