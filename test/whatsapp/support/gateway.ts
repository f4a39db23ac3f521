import { join } from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { MasterKey } from '#lib/vault';
import {
  messageIdFor,
  type MediaKind,
  type MediaToUpload,
  type OutgoingContent,
  type OutgoingMedia,
  type OutgoingMessage,
  type Proxy,
  type Report,
  type StartOptions,
  type UploadedMedia,
  type WhatsAppConnections,
} from '#lib/whatsapp';
import {
  openBaileysConnections,
  openSqliteCredentials,
  sealedCredentials,
  type BaileysOptions,
  type Timing,
} from '#lib/whatsapp/baileys';
import { openBaileysThread } from '#lib/whatsapp/baileys/thread';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { eventually } from '../../support/eventually.js';

type Kind = Report['kind'];
export type Of<K extends Kind> = Extract<Report, { kind: K }>;
export type Logged = { readonly level: 'debug' | 'warn' | 'error'; readonly details: object; readonly message: string };

/** Connections that somebody opened, and how they are closed. */
export type OpenedConnections = { readonly connections: WhatsAppConnections; readonly close: () => Promise<void> };
/** What connections are opened with. */
export type Opening = Omit<BaileysOptions, 'credentials'> & { readonly file: string };

/** On this thread. */
const openHere = async ({ file, ...options }: Opening): Promise<OpenedConnections> => {
  const store = await openSqliteCredentials({ file });
  const connections = openBaileysConnections({ ...options, credentials: sealedCredentials(store, options.key) });
  return {
    connections,
    close: async () => {
      await connections.close();
      await store.close();
    },
  };
};

export const openOnThread = async ({ key, file, ...options }: Opening): Promise<OpenedConnections> => {
  const connections = await openBaileysThread({
    ...options,
    credentials: { file },
    key: key.handOver(),
    mayBeNew: true,
  });
  return { connections, close: () => connections.close() };
};

/** How gateways are opened in the current file of tests. */
export const adapter = { isOnThread: false };

/** Fast enough for tests, slow enough for a busy machine. */
const timing: Partial<Timing> = {
  connectTimeoutMs: 5_000,
  loginTimeoutMs: 20_000,
  keepAliveIntervalMs: 20_000,
  queryTimeoutMs: 5_000,
  ackTimeoutMs: 5_000,
};

/** Connections as in a service, with stored credentials. Collects all reports, and can be opened again as after a crash. */
export class Gateway {
  readonly key = new MasterKey(randomBytes(32));
  readonly reports: { readonly session: string; readonly report: Report }[] = [];
  readonly logged: Logged[] = [];
  readonly sent = new Map<string, OutgoingMessage>();
  /** The ids of messages that receivers asked for again. */
  readonly askedFor: string[] = [];
  /** What looking up a message that was sent waits for. */
  finding: () => Promise<void> = () => Promise.resolve();
  /** Records a report. */
  recording: (report: Report) => Promise<void> = () => Promise.resolve();
  proxy: Proxy | undefined;
  connections!: WhatsAppConnections;
  private opened!: OpenedConnections;

  private constructor(
    readonly directory: string,
    private readonly sandbox: Sandbox,
    private readonly openConnections: (opening: Opening) => Promise<OpenedConnections>,
  ) {}

  /** `openConnections`: on a thread or on this one, as the file of tests says, unless given. */
  static async open(
    directory: string,
    sandbox: Sandbox,
    more: Partial<Timing> = {},
    openConnections = adapter.isOnThread ? openOnThread : openHere,
  ): Promise<Gateway> {
    const gateway = new Gateway(directory, sandbox, openConnections);
    await gateway.reopen(more);
    return gateway;
  }

  async reopen(more: Partial<Timing> = {}): Promise<void> {
    const log =
      (level: Logged['level']) =>
      (details: object, message: string): void =>
        void this.logged.push({ level, details, message });
    this.opened = await this.openConnections({
      file: join(this.directory, 'credentials.db'),
      scratchDirectory: join(this.directory, 'uploads'),
      key: this.key,
      report: (session, report) => {
        this.reports.push({ session, report });
        return this.recording(report);
      },
      sentMessages: async (_session, id) => {
        this.askedFor.push(id);
        await this.finding();
        return this.sent.get(id);
      },
      proxies: async () => this.proxy,
      log: { debug: log('debug'), warn: log('warn'), error: log('error') },
      url: this.sandbox.url,
      ca: this.sandbox.caCertificate,
      timing: { ...timing, ...more },
    });
    this.connections = this.opened.connections;
  }

  async close(): Promise<void> {
    await this.opened.close();
  }

  all<K extends Kind>(kind: K, session = 'one'): Of<K>[] {
    return this.reports.flatMap(({ session: of, report }) =>
      of === session && report.kind === kind ? [report as Of<K>] : [],
    );
  }

  /** Waits for the n-th report of a kind. */
  nth<K extends Kind>(kind: K, n: number, session = 'one'): Promise<Of<K>> {
    return eventually(() => this.all(kind, session)[n - 1] ?? false, 15_000) as Promise<Of<K>>;
  }

  /** Does something, and waits for the next report of a kind. */
  async after<K extends Kind>(kind: K, work: () => unknown, session = 'one'): Promise<Of<K>> {
    const before = this.all(kind, session).length;
    await work();
    return this.nth(kind, before + 1, session);
  }

  start(session = 'one', options?: StartOptions): Promise<Of<'open'>> {
    return this.after('open', () => this.connections.start(session, options), session);
  }

  async link(phone: Phone, session = 'one'): Promise<Of<'open'>> {
    const { qr } = await this.after('qr', () => this.connections.start(session), session);
    return this.after('open', () => phone.scan(qr), session);
  }

  /** Sends a text. The seed of its id is the body. */
  send(to: Phone | string, body: string, session = 'one'): Promise<{ readonly sentAt: string }> {
    return this.sendContent(to, { type: 'text', body }, body, session);
  }

  sendContent(
    to: Phone | string,
    content: OutgoingContent,
    seed: string,
    session = 'one',
  ): Promise<{ readonly sentAt: string }> {
    const jid = typeof to === 'string' ? to : `${to.number}@s.whatsapp.net`;
    const message: OutgoingMessage = { whatsappId: messageIdFor(seed), to: jid, content };
    this.sent.set(message.whatsappId, message);
    return this.connections.send(session, message);
  }
}

/** A file to be sent, with what a message says of it; `seed` is that of the message's id. */
export const fileOf = (bytes: Buffer, kind: MediaKind, seed: string): MediaToUpload => ({
  whatsappId: messageIdFor(seed),
  kind,
  size: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('base64'),
});

/** The content of a message that consists of an uploaded file. */
export const mediaContent = <Kind extends MediaKind>(
  type: Kind,
  { size, sha256 }: MediaToUpload,
  upload: UploadedMedia,
  more: Partial<OutgoingMedia<Kind>> = {},
): OutgoingMedia<Kind> => ({
  type,
  upload,
  mimeType: 'application/octet-stream',
  size,
  sha256,
  caption: null,
  fileName: null,
  width: null,
  height: null,
  seconds: null,
  thumbnail: null,
  waveform: null,
  viewOnce: false,
  form: 'plain',
  ...more,
});

export const textsOf = (
  phone: Phone,
  direction: 'incoming' | 'outgoing' = 'incoming',
): readonly (string | undefined)[] =>
  phone.messages().flatMap((message) => (message.direction === direction && !message.duplicate ? [message.text] : []));
