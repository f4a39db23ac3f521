import type { MasterKey } from '#lib/vault';
import type { Proxies, ReportListener, SentMessages, WhatsAppLogger } from '../port.js';
import type { CredentialStore } from './credentials/port.js';

/** The defaults suit WhatsApp itself. */
export type Timing = {
  /** From opening the socket to the first response of the server. */
  readonly connectTimeoutMs: number;
  /** From opening the socket to the login, or to the first QR. */
  readonly loginTimeoutMs: number;
  /** Between two pings. */
  readonly keepAliveIntervalMs: number;
  /** For the server to answer a ping. */
  readonly keepAliveTimeoutMs: number;
  /** For the server to answer a query. */
  readonly queryTimeoutMs: number;
  /** For the server to acknowledge a message, once it was written to the socket. */
  readonly ackTimeoutMs: number;
  /** For WhatsApp to confirm a logout, before the credentials are deleted without it. */
  readonly unlinkTimeoutMs: number;
  /** For the account's phone to answer what only it can answer. */
  readonly phoneAnswerTimeoutMs: number;
  /** For the media server to take the next bytes of an upload, or to answer it. */
  readonly uploadIdleTimeoutMs: number;
  /** How long each QR is shown. By default as WhatsApp does it: 60 s for the first one, 20 s for each of the others. */
  readonly qrLifetimeMs?: number;
};

export const defaultTiming: Timing = {
  connectTimeoutMs: 20_000,
  loginTimeoutMs: 120_000,
  keepAliveIntervalMs: 30_000,
  keepAliveTimeoutMs: 5_000,
  queryTimeoutMs: 60_000,
  ackTimeoutMs: 60_000,
  unlinkTimeoutMs: 15_000,
  phoneAnswerTimeoutMs: 30_000,
  uploadIdleTimeoutMs: 30_000,
};

export type BaileysOptions = {
  readonly report: ReportListener;
  readonly sentMessages: SentMessages;
  readonly proxies: Proxies;
  readonly credentials: CredentialStore;
  /** Seals the secrets that received messages contain. */
  readonly key: MasterKey;
  readonly log: WhatsAppLogger;
  /** The server to connect to, where it is not WhatsApp's own: the sandbox. */
  readonly url?: string | undefined;
  /** The certificate authority (PEM) of that server's media, where it is not a public one. */
  readonly ca?: string | undefined;
  /** Where files that are being uploaded lie, encrypted; made where it is missing. */
  readonly scratchDirectory: string;
  /** How the phone lists this device: operating system, browser, version. */
  readonly device?: readonly [string, string, string];
  readonly timing?: Partial<Timing>;
};
