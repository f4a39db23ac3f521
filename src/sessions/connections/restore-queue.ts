/** How many sessions may be starting at the same time: usually, and where messages wait for one. */
export type RestoreLimits = { readonly usual: number; readonly hastened: number };

/**
 * The sessions that are still to be started after the service was. Those that messages wait for come first, whenever that becomes known, and
 * may exceed the usual limit: nobody waits for the others.
 */
export class RestoreQueue {
  private readonly waiting = new Set<string>();
  private readonly hastened = new Set<string>();
  private running = 0;
  private isOpen = false;
  private setDone!: () => void;
  private readonly done = new Promise<void>((resolve) => (this.setDone = resolve));

  /** @param start starts a session, and resolves once that has led to something. Never rejects. */
  constructor(
    private readonly limits: RestoreLimits,
    private readonly start: (sessionId: string) => Promise<void>,
  ) {}

  add(sessionId: string): void {
    this.waiting.add(sessionId);
  }

  /** The sessions that are still to be started. */
  get sessions(): ReadonlySet<string> {
    return this.waiting;
  }

  /** Messages wait for a session. It need not have been added yet, or not be one of these at all. */
  hasten(sessionId: string): void {
    if (this.isOpen && !this.waiting.has(sessionId)) return;
    this.hastened.add(sessionId);
    this.go();
  }

  /** Starts the sessions that were added. Resolves when each has led to something. */
  run(): Promise<void> {
    this.isOpen = true;
    this.go();
    return this.done;
  }

  private go(): void {
    if (!this.isOpen) return;
    for (const sessionId of this.hastened) if (this.running < this.limits.hastened) this.begin(sessionId);
    for (const sessionId of this.waiting) if (this.running < this.limits.usual) this.begin(sessionId);
    if (this.running === 0 && this.waiting.size === 0) this.setDone();
  }

  private begin(sessionId: string): void {
    this.hastened.delete(sessionId);
    if (!this.waiting.delete(sessionId)) return;
    this.running += 1;
    void this.start(sessionId).finally(() => {
      this.running -= 1;
      this.go();
    });
  }
}
