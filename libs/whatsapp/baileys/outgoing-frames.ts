import type { WASocket } from '@whiskeysockets/baileys';

/** The WebSocket below a Baileys socket, as far as it sends frames. */
export type FrameSocket = {
  send(frame: Uint8Array, sent?: (error?: Error) => void): void;
  /** The TCP socket, once it is connected. */
  readonly _socket?: { cork(): void; uncork(): void };
};

type HeldFrame = { readonly requiredWrites: number; readonly send: () => void };

/**
 * Sends frames in order, each one after everything was stored that had to be stored before it. Baileys does not wait for that, and
 * encrypts the next message meanwhile. After a write has failed, no frame is sent any more. The frames of one turn of the event loop are
 * batched, since a write to the socket costs more than its content.
 */
export class OutgoingFrames {
  private startedWrites = 0;
  private finishedWrites = 0;
  private hasFailed = false;
  private isCorked = false;
  private readonly held: HeldFrame[] = [];

  /** @param onFailure called once, when a write fails: the connection is of no more use. */
  constructor(private readonly onFailure: (error: unknown) => void) {}

  /** Holds the frames that are sent from now on until something is stored. Writes must finish in the order of these calls. */
  holdUntil(stored: Promise<unknown>): void {
    this.startedWrites += 1;
    stored.then(
      () => this.sendReleased(),
      (error: unknown) => this.fail(error),
    );
  }

  /** Takes over the frames of a new socket. */
  intercept(socket: Pick<WASocket, 'ws'>): void {
    const { socket: frameSocket } = socket.ws as unknown as { readonly socket: FrameSocket };
    const original = frameSocket.send.bind(frameSocket);
    const send = (frame: Uint8Array): void => {
      this.cork(frameSocket);
      original(frame, () => undefined); // a socket that cannot send is closed, and that is reported
    };
    frameSocket.send = (frame, sent) => {
      if (this.finishedWrites === this.startedWrites && !this.hasFailed) send(frame);
      else if (!this.hasFailed) this.held.push({ requiredWrites: this.startedWrites, send: () => send(frame) });
      sent?.();
    };
  }

  private cork({ _socket }: FrameSocket): void {
    if (this.isCorked) return;
    this.isCorked = true;
    _socket?.cork();
    setImmediate(() => {
      this.isCorked = false;
      _socket?.uncork();
    });
  }

  private sendReleased(): void {
    this.finishedWrites += 1;
    for (
      let next = this.held[0];
      next && next.requiredWrites <= this.finishedWrites && !this.hasFailed;
      next = this.held[0]
    ) {
      this.held.shift();
      next.send();
    }
  }

  private fail(error: unknown): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.held.length = 0;
    this.onFailure(error);
  }
}
