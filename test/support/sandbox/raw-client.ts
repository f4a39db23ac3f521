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
import { eventually } from '../../sandbox/support/eventually.js';

const RESTART_REQUIRED = 515;
/** Messages of one client that may wait to be acknowledged: else a slow server would be measured as a fast client. */
const WINDOW = 100;
/** Milliseconds after which an attempt to log in is given up: there are ends of a connection that Baileys does not notice. */
const STUCK_MS = 45_000;
/** Milliseconds; machines are slow when many clients start at once. */
export const PATIENCE_MS = 180_000;

/**
 * Baileys as it is, with its credentials in memory, made as fast as it gets from outside: without the slow-down that each of its
 * sockets brings to the process on Node 20 and 22, without a log, and without the echo of its own messages.
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
    return eventually('a QR code is shown', () => this.#state.qr, PATIENCE_MS);
  }

  async linked(): Promise<void> {
    await eventually('the client is told to restart', () => this.#closedWith() === RESTART_REQUIRED, PATIENCE_MS);
    await this.connect();
    await eventually('the phone has shared its keys', () => this.#auth.creds.myAppStateKeyId, PATIENCE_MS);
  }

  /** Resolves when the client is logged in and has what it missed. Tries again for as long as there is patience, as every user does. */
  async connect(): Promise<void> {
    this.#open();
    await eventually(
      'the client is logged in',
      () => {
        const isStuck = this.#state.connection !== 'open' && Date.now() - this.#openedAt > STUCK_MS;
        if (isStuck) void this.#socket?.end(undefined);
        if (isStuck || this.#state.connection === 'close') this.#open();
        return this.#state.connection === 'open' && this.#state.receivedPendingNotifications === true;
      },
      PATIENCE_MS,
    );
  }

  async disconnect(): Promise<void> {
    await this.#socket?.end(undefined);
    await eventually('the client is disconnected', () => this.#state.connection === 'close', PATIENCE_MS);
  }

  /** Resolves with the id when the message is written to the socket, as soon as not too many before it wait to be acknowledged. */
  async send(number: string, text: string): Promise<string> {
    while (this.#inFlight >= WINDOW) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inFlight += 1;
    const messageId = generateMessageIDV2();
    this.#unconfirmed.add(messageId); // the receipt may be faster than the end of `sendMessage`
    await this.#socket?.sendMessage(`${number}@s.whatsapp.net`, { text }, { messageId });
    return messageId;
  }

  /** Resolves when its receivers have confirmed everything sent so far. */
  async settled(): Promise<void> {
    await eventually('all is confirmed', () => this.#unconfirmed.size === 0, PATIENCE_MS);
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
