import type { WebSocket } from 'ws';
import type { End, LiveConnection } from '../live-readers.js';

/** What may wait for a reader before they count as behind. */
const maxBufferedBytes = 64 * 1024;
/** What the other end may take to agree that it is over. */
const closeTimeoutMs = 2000;

/** Codes of RFC 6455 and its registry: going away, try again later, internal error; otherwise policy violation. */
const closeCodes: { readonly [code: string]: number } = {
  service_stopping: 1001,
  slow_reader: 1013,
  store_unavailable: 1013,
  internal_error: 1011,
};
const policyViolation = 1008;

/** A WebSocket as a reader's connection. */
export class LiveSocket implements LiveConnection {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly socket: WebSocket) {
    socket.on('close', () => this.wake());
  }

  /** Whatever is no event: answers and notices. */
  say(frame: object): void {
    this.write(JSON.stringify(frame));
  }

  /** Whether what the other end sends is read: while it is not, it waits there. */
  listen(isToBeRead: boolean): void {
    if (isToBeRead) this.socket.resume();
    else this.socket.pause();
  }

  send(body: string, cursor: string | null): boolean {
    this.write(cursor === null ? body : `${body.slice(0, -1)},"cursor":"${cursor}"}`);
    return this.hasRoom();
  }

  async drained(): Promise<void> {
    while (!this.hasRoom()) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  beat(cursor: string | null): boolean {
    this.say({ heartbeat: { cursor } });
    return this.hasRoom();
  }

  end(why: End): void {
    this.say({ end: why });
    this.listen(true); // to hear that it is over
    this.socket.close(closeCodes[why.code] ?? policyViolation, why.code);
    const cut = setTimeout(() => this.socket.terminate(), closeTimeoutMs).unref();
    this.socket.once('close', () => clearTimeout(cut));
  }

  private wake(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const resolve of waiting) resolve();
  }

  hasRoom(): boolean {
    return this.socket.readyState !== this.socket.OPEN || this.socket.bufferedAmount < maxBufferedBytes;
  }

  private write(text: string): void {
    this.socket.send(text, () => this.wake());
  }
}
