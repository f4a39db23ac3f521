/** Injects `PacingStatuses`. */
export const PACING_STATUSES = Symbol('pacing statuses');

/** How fast a session sends at this moment, and what waits for that. Null: as fast as it can, or as many as there are. */
export type PacingStatus = {
  readonly enabled: boolean;
  readonly messagesPerMinute: number | null;
  readonly newContactsPerDay: number | null;
  /** How many messages wait. */
  readonly waiting: number;
  /** Until when the first of them does (ISO 8601), and why, as a sentence. */
  readonly heldUntil: string | null;
  readonly because: string | null;
};

/** Where sessions learn how they are paced, to show it. */
export type PacingStatuses = {
  /** Whoever sends the messages tells. */
  from(source: (sessionId: string) => PacingStatus): void;
};
