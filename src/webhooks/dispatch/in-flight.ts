/** What a request delivers. */
export type Delivering = {
  readonly webhookId: string;
  readonly sessionId: string | null;
  /** Of the event of the log. */
  readonly position: number;
};

/** The requests that are being made. */
export class InFlight {
  private readonly requests = new Map<AbortController, Delivering>();

  /** Answers undefined where it was aborted. */
  async make<Answer>(what: Delivering, request: (signal: AbortSignal) => Promise<Answer>): Promise<Answer | undefined> {
    const controller = new AbortController();
    this.requests.set(controller, what);
    try {
      const answer = await request(controller.signal);
      return controller.signal.aborted ? undefined : answer;
    } finally {
      this.requests.delete(controller);
    }
  }

  abort(which: (what: Delivering) => boolean): void {
    for (const [controller, what] of this.requests) if (which(what)) controller.abort();
  }
}
