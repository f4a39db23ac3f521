import type { RawData, WebSocket } from 'ws';
import type { Limits } from '../limits.js';
import type { SandboxLogger } from '../logger.js';
import { frame, FrameReader, PrologueReader } from './frames.js';
import { NoiseResponder, type NoiseIdentity, type TransportCipher } from './noise.js';
import { FrameRateLimiter } from './frame-rate-limiter.js';
import { decodeNode, encodeNode, proto, type BinaryNode } from './wire.js';

/** The authenticated key and the payload of a client's handshake. */
export type ClientHello = { readonly clientStatic: Buffer; readonly payload: proto.ClientPayload };

/** Callbacks of a connection; none is called after `onClose`. An error thrown by one disconnects the client. */
export type ConnectionEvents = {
  onHello(hello: ClientHello): void;
  onNode(node: BinaryNode): void;
  onSent(node: BinaryNode): void;
  onClose(): void;
};

/** The connection of one client: handshake, encryption, framing and limits. */
export class Connection {
  events: ConnectionEvents | undefined;
  readonly #reader: FrameReader;
  readonly #prologue = new PrologueReader();
  readonly #noise: NoiseResponder;
  #timer: NodeJS.Timeout;
  #stage: 'prologue' | 'hello' | 'finish' | 'open' | 'closing' | 'closed' = 'prologue';
  #cipher: TransportCipher | undefined;
  #frozen = false;
  #held: BinaryNode[] = [];
  #unsent: Buffer[] = [];
  readonly #frameRate: FrameRateLimiter;

  constructor(
    private readonly socket: WebSocket,
    identity: NoiseIdentity,
    private readonly limits: Limits,
    private readonly log: SandboxLogger,
  ) {
    this.#reader = new FrameReader(limits.handshakeFrameBytes);
    this.#noise = new NoiseResponder(identity);
    this.#frameRate = new FrameRateLimiter(limits.framesPerSecond);
    this.#timer = setTimeout(() => this.#drop('handshake timeout'), limits.handshakeMs);
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', (error) => this.log.debug({ error: error.message }, 'client socket error'));
    socket.on('close', () => this.#closed());
  }

  get isOpen(): boolean {
    return this.#stage === 'open';
  }

  /** Sends a node; `encoded` is its binary form, if the caller has it. No effect after the client has disconnected. */
  send(node: BinaryNode, encoded?: Buffer): void {
    if (this.#cipher === undefined || this.#stage !== 'open') return;
    if (this.#frozen) {
      this.#held.push(node);
      return;
    }
    this.#write(this.#cipher.encrypt(encoded ?? encodeNode(node)));
    this.events?.onSent(node);
  }

  /**
   * Closes the connection after everything sent so far. Nothing that the client sends is read any more: what was still on its way when
   * its device logged in again must not come after what the device has sent since.
   */
  close(): void {
    if (!this.isAlive()) return;
    this.#flush();
    this.#stage = 'closing';
    this.socket.close();
  }

  /** Destroys the socket without a closing handshake. */
  terminate(): void {
    this.socket.terminate();
  }

  /** Neither reads nor writes until `thaw`, but stays connected. */
  freeze(): void {
    this.#frozen = true;
    this.socket.pause();
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.socket.resume();
    for (const node of this.#held.splice(0)) this.send(node);
  }

  #receive(data: RawData): void {
    if (!this.isAlive()) return;
    try {
      this.#reader.push(Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]));
      if (this.#stage === 'prologue') {
        if (!this.#prologue.read(this.#reader)) return;
        this.#stage = 'hello';
      }
      for (let next = this.#reader.next(); next !== undefined && this.isAlive(); next = this.#reader.next()) {
        this.#frameRate.countFrame();
        this.#handle(next);
      }
    } catch (error) {
      this.#drop(error instanceof Error ? error.message : String(error));
    }
  }

  #handle(body: Buffer): void {
    if (this.#cipher !== undefined) {
      this.#timer.refresh();
      this.events?.onNode(decodeNode(this.#cipher.decrypt(body), this.limits.frameBytes));
      return;
    }
    const message = proto.HandshakeMessage.decode(body);
    if (this.#stage === 'hello') this.#answerHello(message);
    else this.#finishHandshake(message);
  }

  #answerHello({ clientHello }: proto.HandshakeMessage): void {
    if (clientHello?.ephemeral?.length !== 32) throw new Error('client hello without an ephemeral key');
    this.#write(proto.HandshakeMessage.encode({ serverHello: this.#noise.hello(clientHello.ephemeral) }).finish());
    this.#stage = 'finish';
  }

  #finishHandshake({ clientFinish }: proto.HandshakeMessage): void {
    if (!clientFinish?.static || !clientFinish.payload) throw new Error('client finish is incomplete');
    const { clientStatic, payload } = this.#noise.finish(clientFinish.static, clientFinish.payload);
    this.#cipher = this.#noise.transport();
    this.#stage = 'open';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#drop('idle timeout'), this.limits.idleMs);
    this.#reader.setMaxBytes(this.limits.frameBytes);
    this.events?.onHello({ clientStatic, payload: proto.ClientPayload.decode(payload) });
  }

  /** Frames of one event loop turn are sent together: each send is a system call. */
  #write(body: Uint8Array): void {
    if (this.#unsent.length === 0) setImmediate(() => this.#flush());
    this.#unsent.push(frame(body));
  }

  #flush(): void {
    const frames = this.#unsent.splice(0);
    if (frames.length === 0 || this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames), { binary: true });
    if (this.socket.bufferedAmount > this.limits.unsentBytes) this.#drop('send buffer limit exceeded');
  }

  isAlive(): boolean {
    return this.#stage !== 'closing' && this.#stage !== 'closed';
  }

  #drop(reason: string): void {
    if (this.#stage === 'closed') return;
    this.log.warn({ reason }, 'client disconnected');
    this.socket.terminate();
    this.#closed();
  }

  #closed(): void {
    if (this.#stage === 'closed') return;
    this.#stage = 'closed';
    clearTimeout(this.#timer);
    this.events?.onClose();
  }
}
