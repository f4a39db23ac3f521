import type { FileHandle } from 'node:fs/promises';
import type { ReadableStream } from 'node:stream/web';
import type { WhatsAppAccounts } from '../../accounts.js';
import type { MediaReference, UploadedMedia } from '../../content.js';
import type { WhatsAppGroups } from '../../groups.js';
import type { MediaToUpload, Proxies, SentMessages, WhatsAppConnections, WhatsAppLogger } from '../../port.js';
import type { Report } from '../../reports.js';
import type { CredentialsPlace } from '../credentials/place.js';
import type { BaileysOptions } from '../options.js';

/** What the thread is started with. */
export type BaileysThreadData = Pick<BaileysOptions, 'url' | 'ca' | 'device' | 'timing' | 'scratchDirectory'> & {
  /** Where the credentials are; the thread owns them. */
  readonly credentials: CredentialsPlace;
  readonly key: Uint8Array;
  /** Whether the credentials may be new ones; if not, the place must have content. */
  readonly mayBeNew: boolean;
};

type PortMethods = Pick<
  WhatsAppConnections,
  | 'start'
  | 'stop'
  | 'logout'
  | 'forget'
  | 'send'
  | 'checkNumbers'
  | 'markRead'
  | 'showActivity'
  | 'setPresence'
  | 'renewMedia'
  | 'rejectCall'
  | 'openEdit'
  | 'openVote'
  | 'linkedSessions'
  | 'close'
>;

/** What the thread answers. */
export type BaileysThreadMethods = PortMethods & {
  /** Called first. @throws {CredentialsUnavailable} @throws {VaultError} `wrong_key`, `missing_store` */
  open(): Promise<void>;
  upload(
    sessionId: string,
    media: MediaToUpload,
    file: ReadableStream<Uint8Array> | FileHandle,
  ): Promise<UploadedMedia>;
  /** Calls one of the methods of `WhatsAppGroups`. */
  groups(method: keyof WhatsAppGroups, args: readonly unknown[]): Promise<unknown>;
  /** Calls one of the methods of `WhatsAppAccounts`. */
  accounts(method: keyof WhatsAppAccounts, args: readonly unknown[]): Promise<unknown>;
  download(sessionId: string, media: MediaReference): Promise<ReadableStream<Uint8Array>>;
};

/** What the main thread answers. */
export type BaileysMainMethods = {
  /** Resolves once the report is durable: see `ReportListener`. */
  report(sessionId: string, report: Report): Promise<void>;
  proxy(...args: Parameters<Proxies>): ReturnType<Proxies>;
  sentMessage(...args: Parameters<SentMessages>): ReturnType<SentMessages>;
  /** The times (ISO 8601) at which WhatsApp was last heard from, of the sessions where that has changed. */
  lastSeen(times: readonly (readonly [sessionId: string, at: string])[]): void;
  /** An error among the details is encoded by `loggedErrors`. */
  log(level: keyof WhatsAppLogger, details: object, message: string): void;
};
