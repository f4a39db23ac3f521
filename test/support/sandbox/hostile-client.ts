import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { KeyPair } from '#lib/curve25519';
import { frame, FrameReader, prologue } from '../../../libs/whatsapp-sandbox/transport/frames.js';
import { decodeNode, encodeNode, type BinaryNode } from '../../../libs/whatsapp-sandbox/transport/wire.js';
import { Initiator } from './initiator.js';

const maxNodeBytes = 2 ** 26;

/** A client that sends arbitrary input, well-formed or not. */
export class HostileClient {
  readonly #initiator = new Initiator();
  readonly #reader = new FrameReader(maxNodeBytes);
  readonly #nodes: BinaryNode[] = [];
  #cipher: ReturnType<Initiator['transport']> | undefined;
  #woken: () => void = () => undefined;
  isClosed = false;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.#reader.push(data);
      this.#woken();
    });
    socket.on('error', () => undefined); // followed by `close`
    socket.on('close', () => {
      this.isClosed = true;
      this.#woken();
    });
  }

  static async connect(url: string): Promise<HostileClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const client = new HostileClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects and completes the handshake with that payload. */
  static async open(url: string, noiseKey: KeyPair, payload: Uint8Array): Promise<HostileClient> {
    const client = await HostileClient.connect(url);
    await client.handshake(noiseKey, payload);
    return client;
  }

  /** Resolves once the client has sent its part of the handshake, whether or not the server accepts it. */
  async handshake(noiseKey: KeyPair, payload: Uint8Array, spoil = (finish: Uint8Array) => finish): Promise<void> {
    this.sendBytes(Buffer.concat([prologue, frame(this.#initiator.hello())]));
    const hello = await this.#next();
    if (hello === undefined) return;
    this.sendBytes(frame(spoil(this.#initiator.finish(hello, noiseKey, payload))));
    this.#cipher = this.#initiator.transport();
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.isClosed) this.socket.send(bytes);
  }

  /** Sends a correctly encrypted frame with arbitrary content. */
  sendPlain(plain: Uint8Array): void {
    this.sendBytes(frame(this.seal(plain)));
  }

  sendNode(node: BinaryNode): void {
    this.sendPlain(encodeNode(node));
  }

  seal(plain: Uint8Array): Buffer {
    if (!this.#cipher) throw new Error('the handshake is not finished');
    return this.#cipher.seal(plain);
  }

  /** Waits for a node that matches; undefined if the server closes the connection first. */
  async until(matches: (node: BinaryNode) => boolean): Promise<BinaryNode | undefined> {
    for (;;) {
      const found = this.#nodes.find(matches);
      this.#nodes.length = 0;
      if (found) return found;
      const bytes = await this.#next();
      if (bytes === undefined) return undefined;
      this.#nodes.push(decodeNode(this.#cipher!.open(bytes), maxNodeBytes));
    }
  }

  /** Whether the server still answers, after processing everything sent before. */
  async isServed(): Promise<boolean> {
    const id = `ping-${HostileClient.#pings++}`;
    this.sendNode({ tag: 'iq', attrs: { id, type: 'get', xmlns: 'w:p', to: '@s.whatsapp.net' } });
    return (await this.until(({ attrs }) => attrs.id === id)) !== undefined;
  }
  static #pings = 0;

  /** Resolves once the server has closed the connection. */
  async dropped(): Promise<void> {
    while (!this.isClosed) await this.#wake();
  }

  /** Closes the connection. Resolves once the server has processed everything sent before. */
  async leave(): Promise<void> {
    this.socket.close();
    await this.dropped();
  }

  async #next(): Promise<Buffer | undefined> {
    for (;;) {
      const bytes = this.#reader.next();
      if (bytes || this.isClosed) return bytes;
      await this.#wake();
    }
  }

  #wake = (): Promise<void> => new Promise((resolve) => (this.#woken = resolve));
}
