import type { RawData, WebSocket } from 'ws';
import type { Limits } from '../limits.js';
import type { SandboxLogger } from '../logger.js';
import { frame, FrameReader, PrologueReader } from './frames.js';
import { NoiseResponder, type NoiseIdentity, type TransportCipher } from './noise.js';
import { Pace } from './pace.js';
import { decodeNode, encodeNode, proto, type BinaryNode } from './wire.js';

/** What the client proved and asked for in its handshake. */
export type ClientHello = { readonly clientStatic: Buffer; readonly payload: proto.ClientPayload };

/** Called by the connection, never after `onClose`. An error thrown out of one drops the client. */
export type ConnectionEvents = {
  onHello(hello: ClientHello): void;
  onNode(node: BinaryNode): void;
  onSent(node: BinaryNode): void;
  onClose(): void;
};

/** One client's socket: handshake, encryption, framing, and the limits that keep it from hurting the others. */
export class Connection {
  events: ConnectionEvents | undefined;
  readonly #reader: FrameReader;
  readonly #prologue = new PrologueReader();
  readonly #noise: NoiseResponder;
  #timer: NodeJS.Timeout;
  #stage: 'prologue' | 'hello' | 'finish' | 'open' | 'closed' = 'prologue';
  #cipher: TransportCipher | undefined;
  #frozen = false;
  #held: BinaryNode[] = [];
  #unsent: Buffer[] = [];
  readonly #pace: Pace;

  constructor(
    private readonly socket: WebSocket,
    identity: NoiseIdentity,
    private readonly limits: Limits,
    private readonly log: SandboxLogger,
  ) {
    this.#reader = new FrameReader(limits.handshakeFrameBytes);
    this.#noise = new NoiseResponder(identity);
    this.#pace = new Pace(limits.framesPerSecond);
    this.#timer = setTimeout(() => this.#drop('handshake took too long'), limits.handshakeMs);
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', (error) => this.log.debug({ error: error.message }, 'client socket failed'));
    socket.on('close', () => this.#closed());
  }

  get isOpen(): boolean {
    return this.#stage === 'open';
  }

  /** Sends a node, `encoded` already or not; silently nothing when the client is gone. */
  send(node: BinaryNode, encoded?: Buffer): void {
    if (this.#cipher === undefined || this.#stage !== 'open') return;
    if (this.#frozen) {
      this.#held.push(node);
      return;
    }
    this.#write(this.#cipher.encrypt(encoded ?? encodeNode(node)));
    this.events?.onSent(node);
  }

  /** Ends the connection in order, after everything sent so far. */
  close(): void {
    this.#flush();
    this.socket.close();
  }

  /** Cuts the connection without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  /** Stays connected but neither reads nor writes, until `thaw`. */
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
    if (this.#stage === 'closed') return;
    try {
      this.#reader.push(Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]));
      if (this.#stage === 'prologue') {
        if (!this.#prologue.read(this.#reader)) return;
        this.#stage = 'hello';
      }
      for (let next = this.#reader.next(); next !== undefined && this.isAlive(); next = this.#reader.next()) {
        this.#pace.count();
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
    this.#timer = setTimeout(() => this.#drop('client says nothing'), this.limits.idleMs);
    this.#reader.allow(this.limits.frameBytes);
    this.events?.onHello({ clientStatic, payload: proto.ClientPayload.decode(payload) });
  }

  /** What is written in one turn of the event loop goes out together: each send is a system call. */
  #write(body: Uint8Array): void {
    if (this.#unsent.length === 0) setImmediate(() => this.#flush());
    this.#unsent.push(frame(body));
  }

  #flush(): void {
    const frames = this.#unsent.splice(0);
    if (frames.length === 0 || this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames), { binary: true });
    if (this.socket.bufferedAmount > this.limits.unsentBytes) this.#drop('client does not read');
  }

  isAlive(): boolean {
    return this.#stage !== 'closed';
  }

  #drop(reason: string): void {
    if (!this.isAlive()) return;
    this.log.warn({ reason }, 'client dropped');
    this.socket.terminate();
    this.#closed();
  }

  #closed(): void {
    if (!this.isAlive()) return;
    this.#stage = 'closed';
    clearTimeout(this.#timer);
    this.events?.onClose();
  }
}
