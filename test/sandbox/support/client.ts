import { jest } from '@jest/globals';
import {
  makeWASocket,
  proto,
  type BinaryNode,
  type ConnectionState,
  type UserFacingSocketConfig,
  type WAMessage,
  type WAMessageUpdate,
  type WASocket,
} from '@whiskeysockets/baileys';
import pino from 'pino';
import type { Phone, PhoneMessage, Sandbox } from '#lib/whatsapp-sandbox';
import { useNativeCurve } from '../../../libs/whatsapp/baileys/native-curve.js';
import { quietLibsignal } from '../../../libs/whatsapp/baileys/quiet-libsignal.js';
import { waitUntil } from './wait-until.js';
import { memoryAuth, type MemoryAuth } from './memory-auth.js';
import { releaseLeftoverTimers } from './timers.js';

releaseLeftoverTimers();
quietLibsignal();
useNativeCurve();
jest.setTimeout(60_000); // linking generates 812 keys, which is slow

/** A log line at level warn or above. */
export type LoggedWarning = { readonly level: number; readonly msg: string };

/** A Baileys client that records its events. */
export class TestClient {
  readonly messages: WAMessage[] = [];
  readonly updates: WAMessageUpdate[] = [];
  readonly acks: BinaryNode[] = [];
  readonly warnings: LoggedWarning[] = [];
  readonly qrs: string[] = [];
  socket!: WASocket;
  open = false;
  caughtUp = false;
  historyReceived = 0;
  /** Messages in the history. */
  readonly history: WAMessage[] = [];
  /** Status code of the last disconnect. */
  closedWith: number | undefined;

  constructor(
    private readonly url: string,
    readonly auth: MemoryAuth = memoryAuth(),
    private readonly options: Partial<UserFacingSocketConfig> = {},
  ) {}

  connect(): this {
    this.open = false;
    this.caughtUp = false;
    this.closedWith = undefined;
    const warnings = { write: (line: string) => this.warnings.push(JSON.parse(line) as LoggedWarning) };
    const socket = makeWASocket({
      waWebSocketUrl: this.url,
      auth: this.auth,
      logger: pino({ level: 'warn' }, warnings as unknown as pino.DestinationStream),
      connectTimeoutMs: 5_000,
      defaultQueryTimeoutMs: 5_000,
      retryRequestDelayMs: 10,
      ...this.options,
    });
    this.socket = socket;
    socket.ev.on('connection.update', (update) => this.#onConnectionUpdate(socket, update));
    socket.ev.on('messages.upsert', ({ messages }) => this.messages.push(...messages));
    socket.ev.on('messages.update', (updates) => this.updates.push(...updates));
    socket.ev.on('messaging-history.set', ({ messages }) => {
      this.historyReceived += 1;
      this.history.push(...messages);
    });
    socket.ws.on('CB:ack,class:message', (node: BinaryNode) => this.acks.push(node));
    return this;
  }

  #onConnectionUpdate(
    socket: WASocket,
    { connection, qr, lastDisconnect, receivedPendingNotifications }: Partial<ConnectionState>,
  ) {
    if (qr !== undefined) this.qrs.push(qr);
    if (connection === 'open') this.open = true;
    if (receivedPendingNotifications) this.caughtUp = true;
    if (connection !== 'close' || socket !== this.socket) return;
    this.open = false;
    const error = lastDisconnect?.error as { output?: { statusCode: number } } | undefined;
    this.closedWith = error?.output?.statusCode;
  }

  ready = (): Promise<boolean> => waitUntil('the client is logged in', () => this.open && this.caughtUp);
  closed = (): Promise<number> => waitUntil('the client is disconnected', () => this.closedWith);
  qr = (): Promise<string> => waitUntil('the client shows a QR code', () => this.qrs.at(-1));

  /** Connects again with the same credentials. */
  async reconnect(): Promise<this> {
    this.connect();
    await this.ready();
    return this;
  }

  /** Links to a phone by QR code and logs in. */
  async link(phone: Phone): Promise<this> {
    this.connect();
    await phone.scan(await this.qr());
    await waitUntil('the client is told to restart', () => this.closedWith === 515);
    await this.reconnect();
    await waitUntil('history has arrived', () => this.historyReceived >= 2);
    return this;
  }

  async disconnect(): Promise<void> {
    if (this.closedWith === undefined) await this.socket.end(undefined);
  }

  /** Waits for a decrypted message with that text. */
  received = (text: string): Promise<WAMessage> =>
    waitUntil(`the client reads "${text}"`, () => this.messages.find((message) => messageText(message) === text));

  /**
   * Waits until the client reports a status. It merges an early receipt into its own copy of the message, so both places are
   * checked.
   */
  status = (id: string, status: proto.WebMessageInfo.Status): Promise<proto.IMessageKey> =>
    waitUntil(`message ${id} reaches status ${status}`, () => {
      const updates = this.updates.map(({ key, update }) => ({ key, status: update.status }));
      return [...updates, ...this.messages].find((each) => each.key.id === id && each.status === status)?.key;
    });

  ackOf = (id: string): Promise<BinaryNode> =>
    waitUntil(`message ${id} is acknowledged`, () => this.acks.find(({ attrs }) => attrs.id === id));
}

export const messageText = ({ message }: WAMessage): string | undefined =>
  message?.conversation ?? message?.extendedTextMessage?.text ?? undefined;

/** Waits until a phone has the message with that id. */
export const inboxOf = (phone: Phone, id: string): Promise<PhoneMessage> =>
  waitUntil(`phone ${phone.number} receives ${id}`, () => phone.messages().find((message) => message.id === id));

export const jid = (phone: Phone): string => `${phone.number}@s.whatsapp.net`;

/** Creates a phone with a linked client. */
export async function linkedPhone(
  sandbox: Sandbox,
  name?: string,
  options?: Partial<UserFacingSocketConfig>,
): Promise<{ phone: Phone; client: TestClient }> {
  const phone = sandbox.phones.create(name === undefined ? {} : { name });
  const client = await new TestClient(sandbox.url, memoryAuth(), options).link(phone);
  return { phone, client };
}
