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
import { memoryAuth } from '../../sandbox/support/memory-auth.js';
import { waitUntil } from '../../sandbox/support/wait-until.js';

const restartRequired = 515;
/** Messages of one client that may wait to be acknowledged: else a slow server would be measured as a fast client. */
const maxInFlightMessages = 100;
/** Milliseconds after which an attempt to log in is given up: there are ends of a connection that Baileys does not notice. */
const loginTimeoutMs = 45_000;
/** Milliseconds; machines are slow when many clients start at once. */
export const rawClientTimeoutMs = 180_000;

/**
 * Baileys as it is, with its credentials in memory, made as fast as it gets from outside: without the slow-down that each of its
 * sockets brings to the process on Node 20 and 22, without a log, and without the echo of its own messages.
 */
export class RawClient {
  readonly #auth = memoryAuth();
  readonly #unconfirmed = new Set<string>();
  #socket: WASocket | undefined;
  #state: Partial<ConnectionState> = {};
  #openedAt = 0;
  acks = 0;
  received = 0;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly url: string) {
    quietLibsignal();
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

  /** Resolves when the client is logged in and has what it missed. Tries again for as long as there is patience, as every user does. */
  async connect(): Promise<void> {
    this.#open();
    await waitUntil(
      'the client is logged in',
      () => {
        const isStuck = this.#state.connection !== 'open' && Date.now() - this.#openedAt > loginTimeoutMs;
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

  /** Resolves with the id when the message is written to the socket, as soon as not too many before it wait to be acknowledged. */
  async send(number: string, text: string): Promise<string> {
    while (this.#inFlight >= maxInFlightMessages) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inFlight += 1;
    const messageId = generateMessageIDV2();
    this.#unconfirmed.add(messageId); // the receipt may be faster than the end of `sendMessage`
    await this.#socket?.sendMessage(`${number}@s.whatsapp.net`, { text }, { messageId });
    return messageId;
  }

  /** Resolves when its receivers have confirmed everything sent so far. */
  async settled(): Promise<void> {
    await waitUntil('all is confirmed', () => this.#unconfirmed.size === 0, rawClientTimeoutMs);
  }

  #open(): void {
    this.#state = {};
    this.#openedAt = Date.now();
    const socket = withSharedAsyncContext(() =>
      makeWASocket({
        waWebSocketUrl: this.url,
        auth: this.#auth,
        logger: pino({ level: 'silent' }),
        emitOwnEvents: false,
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
