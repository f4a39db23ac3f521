/** What a run says of itself: counts and the like, for the admin who reads it. Never anything personal. */
export type JobResult = { readonly [name: string]: number | string | boolean | null };

/** Housekeeping that is done from time to time. */
export type Job = {
  /** Lower-case words joined by dashes. What is known of the job is stored under it: never reuse it. */
  readonly name: string;
  /** A sentence for admins. */
  readonly description: string;
  /** When it runs, in UTC: a cron expression of five fields, such as `7,22,37,52 * * * *` or `30 3 * * *`. */
  readonly schedule: string;
  /**
   * Does what is to be done now. It never runs twice at a time, in all processes together. It may be cut off anywhere, and then mostly runs
   * again after the next start (see `isMissed`). Once the signal is aborted, it must end soon; what it leaves undone is done next time. Where it throws, an admin
   * sees the message, and it is tried again at its next time.
   */
  readonly run: (signal: AbortSignal) => Promise<JobResult>;
  /** Whether somebody still waits for what it does: asked after each run and after the start. Then it runs again, also where it is paused. */
  readonly isAskedFor?: () => Promise<boolean>;
};
