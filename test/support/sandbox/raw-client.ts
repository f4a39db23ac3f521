import { Agent } from 'node:https';
import {
  generateMessageIDV2,
  makeWASocket,
  type BinaryNode,
  type ConnectionState,
  type WASocket,
} from '@whiskeysockets/baileys';
import { pino } from 'pino';
import { withSharedAsyncContext } from '../../../libs/whatsapp/baileys/async-context.js';
import { quietLibsignal } from '../../../libs/whatsapp/baileys/quiet-libsignal.js';
import { memoryAuth, type MemoryAuth, type SavedAuth } from '../../sandbox/support/memory-auth.js';
import { waitUntil } from '../../sandbox/support/wait-until.js';

const restartRequired = 515;
/** Limit of unacknowledged messages per client, so that the server is measured and not the send buffer. */
const maxInFlightMessages = 100;
/** A login attempt is abandoned after this long: Baileys misses some ways in which a connection ends. */
const loginTimeoutMs = 45_000;
/** Generous: machines are slow when many clients start at once. */
export const rawClientTimeoutMs = 180_000;

/**
 * Stock Baileys with credentials in memory, configured for speed: a shared async context (each socket slows down the process on
 * Node 20 and 22 otherwise), no log, and no events for own messages.
 */
export class RawClient {
  readonly #auth: MemoryAuth;
  readonly #unconfirmed = new Set<string>();
  #socket: WASocket | undefined;
  #state: Partial<ConnectionState> = {};
  #openedAt = 0;
  acks = 0;
  received = 0;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly url: string,
    saved?: SavedAuth,
    /** The certificate authority of the server's media: without it, no file can be sent. */
    private readonly ca?: string,
  ) {
    this.#auth = memoryAuth(saved);
    quietLibsignal();
  }

  /** What another process needs to go on as the same device. */
  saved(): SavedAuth {
    return this.#auth.saved();
  }

  async showQr(): Promise<string> {
    this.#open();
    return waitUntil('a QR code is shown', () => this.#state.qr, rawClientTimeoutMs);
  }

  async linked(): Promise<void> {
    await waitUntil('the client is told to restart', () => this.#closedWith() === restartRequired, rawClientTimeoutMs);
    await this.connect();
    await waitUntil('the phone has shared its keys', () => this.#auth.creds.myAppStateKeyId, rawClientTimeoutMs);
  }

  /** Resolves once the client is logged in and has caught up. Reconnects until `rawClientTimeoutMs`. */
  async connect(): Promise<void> {
    this.#open();
    await waitUntil(
      'the client is logged in',
      () => {
        const isStuck = this.#state.connection !== 'open' && performance.now() - this.#openedAt > loginTimeoutMs;
        if (isStuck) void this.#socket?.end(undefined);
        if (isStuck || this.#state.connection === 'close') this.#open();
        return this.#state.connection === 'open' && this.#state.receivedPendingNotifications === true;
      },
      rawClientTimeoutMs,
    );
  }

  async disconnect(): Promise<void> {
    await this.#socket?.end(undefined);
    await waitUntil('the client is disconnected', () => this.#state.connection === 'close', rawClientTimeoutMs);
  }

  /** Sends a message once fewer than `maxInFlightMessages` are unacknowledged. Resolves with its id when it is written to the socket. */
  async send(number: string, text: string): Promise<string> {
    while (this.#inFlight >= maxInFlightMessages) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inFlight += 1;
    const messageId = generateMessageIDV2();
    this.#unconfirmed.add(messageId); // the receipt may arrive before `sendMessage` resolves
    await this.#socket?.sendMessage(`${number}@s.whatsapp.net`, { text }, { messageId });
    return messageId;
  }

  /** Uploads a file and sends it. Resolves when the message is written to the socket. */
  async sendFile(number: string, path: string): Promise<void> {
    const messageId = generateMessageIDV2();
    this.#unconfirmed.add(messageId);
    this.#inFlight += 1;
    const document = { document: { url: path }, mimetype: 'application/octet-stream', fileName: 'file.bin' };
    await this.#socket?.sendMessage(`${number}@s.whatsapp.net`, document, { messageId });
  }

  /** Resolves once everything sent so far is confirmed by its recipients. */
  async settled(): Promise<void> {
    await waitUntil('all is confirmed', () => this.#unconfirmed.size === 0, rawClientTimeoutMs);
  }

  #open(): void {
    this.#state = {};
    this.#openedAt = performance.now();
    const socket = withSharedAsyncContext(() =>
      makeWASocket({
        waWebSocketUrl: this.url,
        auth: this.#auth,
        logger: pino({ level: 'silent' }),
        emitOwnEvents: false,
        ...(this.ca !== undefined && { fetchAgent: new Agent({ ca: this.ca }) }),
      }),
    );
    this.#socket = socket;
    socket.ev.on('connection.update', (update) => {
      if (socket === this.#socket) this.#state = { ...this.#state, ...update };
    });
    socket.ev.on('messages.upsert', ({ messages }) => (this.received += messages.length));
    socket.ws.on('CB:ack,class:message', () => {
      this.acks += 1;
      this.#inFlight -= 1;
      this.#waiting.shift()?.();
    });
    socket.ws.on('CB:receipt', ({ attrs }: BinaryNode) => this.#unconfirmed.delete(attrs.id ?? ''));
  }

  #closedWith(): number | undefined {
    const error = this.#state.lastDisconnect?.error as { output?: { statusCode: number } } | undefined;
    return this.#state.connection === 'close' ? error?.output?.statusCode : undefined;
  }
}
