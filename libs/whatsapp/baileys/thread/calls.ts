import type { ReadableStream } from 'node:stream/web';
import type { MediaReference } from '../../content.js';
import type { SentMessages, WhatsAppConnections, WhatsAppLogger } from '../../port.js';
import type { Report } from '../../reports.js';
import type { BaileysOptions } from '../options.js';
import type { PassedError } from './errors.js';

/** What a thread is started with: what passes as a copy. */
export type ThreadOptions = Pick<BaileysOptions, 'url' | 'ca' | 'device' | 'timing'> & {
  /** Where the credentials are; the thread owns that file. */
  readonly file: string;
  readonly key: Uint8Array;
};

/** A piece of a file, or why there are no more. */
export type MediaPiece = { readonly bytes: Uint8Array } | { readonly failure: PassedError };

type Ports = Pick<
  WhatsAppConnections,
  'start' | 'stop' | 'logout' | 'forget' | 'send' | 'checkNumbers' | 'markRead' | 'linkedSessions' | 'close'
>;

/** What the thread can be asked to do. */
export type ThreadCalls = Ports & {
  /** Before anything else. @throws {CredentialsUnavailable} */
  open(): Promise<void>;
  download(media: MediaReference): Promise<ReadableStream<MediaPiece>>;
};

/** What the thread asks, and tells. */
export type OwnerCalls = {
  /** Resolves when it is recorded: see `ReportListener`. */
  report(sessionId: string, report: Report): Promise<void>;
  sentMessage(...args: Parameters<SentMessages>): ReturnType<SentMessages>;
  /** When WhatsApp was heard last (ISO 8601), of sessions of which that has changed. */
  heard(times: readonly (readonly [sessionId: string, at: string])[]): void;
  log(level: keyof WhatsAppLogger, details: object, message: string): void;
};
