import type { WASocket } from '@whiskeysockets/baileys';

/** The WebSocket below a socket of Baileys, as far as frames leave by it. */
export type Wire = {
  send(frame: Uint8Array, sent?: (error?: Error) => void): void;
  /** What it writes to, once it is connected. */
  readonly _socket?: { cork(): void; uncork(): void };
};

type Waiting = { readonly needs: number; readonly leave: () => void };

/**
 * Lets frames leave in their order, each when everything is stored that was to be stored before it. Baileys does not wait for that: it
 * encrypts the next message meanwhile. Once something could not be stored, nothing leaves any more. Those of one turn of the event loop
 * leave together: writing to a socket costs more than what is written.
 */
export class OutgoingFrames {
  /** How many things were to be stored so far, and how many of them are. */
  private asked = 0;
  private stored = 0;
  private hasFailed = false;
  private isGathering = false;
  private readonly waiting: Waiting[] = [];

  /** @param onFailure told once: the connection is of no more use. */
  constructor(private readonly onFailure: (error: unknown) => void) {}

  /** Frames that are sent from now on leave when this is stored. What is stored settles in the order of these calls. */
  after(storing: Promise<unknown>): void {
    this.asked += 1;
    storing.then(
      () => this.letGo(),
      (error: unknown) => this.fail(error),
    );
  }

  /** Takes the frames of a socket that was made just now. */
  guard(socket: Pick<WASocket, 'ws'>): void {
    const { socket: wire } = socket.ws as unknown as { readonly socket: Wire };
    const send = wire.send.bind(wire);
    // A socket that can no longer send is closed, and that is heard.
    const leave = (frame: Uint8Array): void => {
      this.gather(wire);
      send(frame, () => undefined);
    };
    wire.send = (frame, sent) => {
      if (this.stored === this.asked && !this.hasFailed) leave(frame);
      else if (!this.hasFailed) this.waiting.push({ needs: this.asked, leave: () => leave(frame) });
      sent?.();
    };
  }

  private gather({ _socket }: Wire): void {
    if (this.isGathering) return;
    this.isGathering = true;
    _socket?.cork();
    setImmediate(() => {
      this.isGathering = false;
      _socket?.uncork();
    });
  }

  private letGo(): void {
    this.stored += 1;
    for (let next = this.waiting[0]; next && next.needs <= this.stored && !this.hasFailed; next = this.waiting[0]) {
      this.waiting.shift();
      next.leave();
    }
  }

  private fail(error: unknown): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.waiting.length = 0;
    this.onFailure(error);
  }
}
