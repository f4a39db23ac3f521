import type { ReportListener, SentMessages, WhatsAppLogger } from '../port.js';
import type { CredentialStore } from './credentials/port.js';

/** Milliseconds. Left out, each is what suits WhatsApp itself. */
export type Timing = {
  /** From the start to the first word of the server. */
  readonly connect: number;
  /** From the start to `open`, or to the first QR. */
  readonly login: number;
  /** Between two questions whether the server is still there. */
  readonly keepAlive: number;
  /** How late an answer to that may be. */
  readonly grace: number;
  /** For the server to answer a question. */
  readonly query: number;
  /** For the server to acknowledge a message, from when it left. */
  readonly ack: number;
  /** From wanting to unlink a session until it is forgotten without WhatsApp. */
  readonly leave: number;
  /** How long each QR is shown; WhatsApp's own (60 s for the first, 20 s for the rest) when left out. */
  readonly qr?: number;
};

export const usualTiming: Timing = {
  connect: 20_000,
  login: 120_000,
  keepAlive: 30_000,
  grace: 5_000,
  query: 60_000,
  ack: 60_000,
  leave: 15_000,
};

export type BaileysOptions = {
  /** Told of everything that happens. */
  readonly report: ReportListener;
  readonly sentMessages: SentMessages;
  readonly credentials: CredentialStore;
  readonly log: WhatsAppLogger;
  /** Another server than WhatsApp's, such as the sandbox. */
  readonly url?: string | undefined;
  /** The certificate authority (PEM) of that server's media, where it is not a public one. */
  readonly ca?: string | undefined;
  /** How the phone lists this device: operating system, browser, version. */
  readonly device?: readonly [string, string, string];
  readonly timing?: Partial<Timing>;
};
