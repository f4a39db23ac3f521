import type { WASocket } from '@whiskeysockets/baileys';
import type { MediaReference, UploadedMedia } from '../content.js';
import { disconnects } from '../disconnects.js';
import { DownloadFailed, NotConnected, SendFailed } from '../errors.js';
import type {
  Activity,
  ConnectionState,
  FileToUpload,
  MediaToUpload,
  NumberCheck,
  OutgoingMessage,
  StartOptions,
  WhatsAppConnections,
} from '../port.js';
import type { MessageKey } from '../reports.js';
import { accountsThrough } from './accounts.js';
import { rememberLids } from './addressing.js';
import { ArrivalJournal } from './arrival-journal.js';
import { Connection } from './connection.js';
import type { ConnectionParts } from './connection-parts.js';
import { cachedCredentials } from './credentials/cached.js';
import type { ReportedGroups } from './groups/known-groups.js';
import { groupsThrough } from './groups/questions.js';
import { markRead } from './mark-read.js';
import { showActivity } from './show-activity.js';
import { mediaDownloader } from './media-download.js';
import { renewMedia } from './media-renewal.js';
import { MediaUploads } from './media-upload.js';
import { checkNumbers, queryFailure } from './number-check.js';
import { defaultTiming, type BaileysOptions, type Timing } from './options.js';
import { pictureDownloader } from './picture-download.js';
import { setPresence } from './presence.js';
import { ReadRanges } from './read-ranges.js';
import { receivedSecrets } from './received-secrets.js';
import { newSocketCaches, type SocketCaches } from './socket.js';
import { editOpener, voteOpener } from './sealed-changes.js';
import { startWatchdog } from './watchdog.js';

/** What outlives the connections of a session. */
type SessionMemory = {
  readonly caches: SocketCaches;
  readonly journal: ArrivalJournal;
  readonly reportedGroups: ReportedGroups;
  readonly readRanges: ReadRanges;
};

/** The WhatsApp connections of this process, through Baileys. */
export class BaileysConnections implements WhatsAppConnections {
  readonly downloadMedia: WhatsAppConnections['downloadMedia'];
  readonly openEdit: WhatsAppConnections['openEdit'];
  readonly openVote: WhatsAppConnections['openVote'];
  readonly groups = groupsThrough((...question) => this.ask(...question));
  readonly accounts: WhatsAppConnections['accounts'];
  private readonly connections = new Map<string, Connection>();
  private readonly memories = new Map<string, SessionMemory>();
  private readonly removals = new Map<string, Promise<unknown>>();
  private readonly unlinking = new Set<Connection>();
  private readonly closingSockets = new Set<Promise<void>>();
  private readonly uploads: MediaUploads;
  private readonly timing: Timing;
  private readonly stopWatchdog: () => void;
  private closing: Promise<void> | undefined;

  private readonly options: BaileysOptions;

  constructor(options: BaileysOptions) {
    this.options = { ...options, credentials: cachedCredentials(options.credentials) };
    this.timing = { ...defaultTiming, ...options.timing };
    this.accounts = accountsThrough((...question) => this.ask(...question), pictureDownloader(options));
    this.downloadMedia = mediaDownloader(options);
    this.uploads = new MediaUploads(options, this.timing);
    this.openEdit = editOpener(options);
    this.openVote = voteOpener(options);
    this.stopWatchdog = startWatchdog(this.timing, (now) => this.connections.forEach((each) => each.check(now)));
  }

  async start(sessionId: string, start: StartOptions = {}): Promise<void> {
    if (this.closing) throw new NotConnected(sessionId);
    if (this.connections.has(sessionId)) return;
    const connection = this.newConnection(sessionId, start);
    this.connections.set(sessionId, connection);
    try {
      await this.removals.get(sessionId);
      await connection.open();
    } catch (error) {
      this.drop(sessionId, connection);
      throw error;
    }
  }

  async stop(sessionId: string): Promise<void> {
    this.connections.get(sessionId)?.end(disconnects.stopped);
  }

  logout(sessionId: string): Promise<{ readonly unlinked: boolean }> {
    return this.removing(sessionId, async () => {
      const connection = this.connections.get(sessionId);
      const wasOpen = connection?.current?.state === 'open' && (await connection.unlink());
      connection?.end(disconnects.loggedOut);
      const unlinked = wasOpen || (await this.connectToUnlink(sessionId));
      await this.remove(sessionId);
      return { unlinked };
    });
  }

  forget(sessionId: string): Promise<void> {
    return this.removing(sessionId, () => {
      this.connections.get(sessionId)?.end(disconnects.forgotten);
      return this.remove(sessionId);
    });
  }

  async send(sessionId: string, message: OutgoingMessage): Promise<{ readonly sentAt: string }> {
    const connection = this.connections.get(sessionId);
    if (!connection) throw new SendFailed({ kind: 'not_sent' }, `Session ${sessionId} is not connected to WhatsApp`);
    return { sentAt: await connection.send(message) };
  }

  uploadMedia(sessionId: string, media: MediaToUpload, file: FileToUpload): Promise<UploadedMedia> {
    return this.uploads.upload(sessionId, media, file, (refresh) =>
      this.ask(sessionId, (socket) => socket.refreshMediaConn(refresh)),
    );
  }

  checkNumbers(sessionId: string, phoneNumbers: readonly string[]): Promise<readonly NumberCheck[]> {
    return this.ask(sessionId, async (socket) => {
      const checks = await checkNumbers(socket, phoneNumbers);
      await rememberLids(socket, checks);
      return checks;
    });
  }

  renewMedia(sessionId: string, message: MessageKey, media: MediaReference): Promise<MediaReference | undefined> {
    if (media.sealedKey === null) return Promise.resolve(undefined); // no phone has what was posted in a channel
    const mediaKey = receivedSecrets(this.options.key, sessionId).open('media', media.sealedKey);
    const { phoneAnswerTimeoutMs } = this.timing;
    return this.ask(sessionId, (socket) => renewMedia(socket, message, media, mediaKey, phoneAnswerTimeoutMs));
  }

  showActivity(sessionId: string, chat: string, activity: Activity): Promise<void> {
    return this.ask(sessionId, (socket) => showActivity(socket, chat, activity));
  }

  markRead(sessionId: string, messages: readonly MessageKey[], as: 'read' | 'played' = 'read'): Promise<void> {
    return this.ask(sessionId, (socket) => markRead(socket, messages, as));
  }

  setPresence(sessionId: string, presence: 'online' | 'offline'): Promise<void> {
    return this.ask(sessionId, (socket) => setPresence(socket, presence));
  }

  rejectCall(sessionId: string, { whatsappId, from }: Parameters<WhatsAppConnections['rejectCall']>[1]): Promise<void> {
    return this.ask(sessionId, (socket) => socket.rejectCall(whatsappId, from));
  }

  connection(sessionId: string): ConnectionState | undefined {
    return this.connections.get(sessionId)?.current;
  }

  linkedSessions(): Promise<readonly string[]> {
    return this.options.credentials.sessions();
  }

  close(): Promise<void> {
    return (this.closing ??= this.endAll());
  }

  private async endAll(): Promise<void> {
    this.stopWatchdog();
    this.uploads.close();
    for (const connection of [...this.connections.values(), ...this.unlinking]) connection.end(disconnects.stopped);
    await Promise.allSettled([...this.closingSockets, ...this.removals.values()]);
    await Promise.all(Array.from(this.memories.values(), ({ journal }) => journal.close()));
  }

  private newConnection(sessionId: string, start: StartOptions, more: Partial<ConnectionParts> = {}): Connection {
    const onEnd = (socketClosed: Promise<void>): void => {
      this.drop(sessionId, connection);
      const closing = socketClosed.finally(() => this.closingSockets.delete(closing));
      this.closingSockets.add(closing);
    };
    const parts = {
      sessionId,
      options: this.options,
      timing: this.timing,
      ...this.memoryOf(sessionId),
      onEnd,
      ...more,
    };
    const connection = new Connection(parts, start);
    return connection;
  }

  private memoryOf(sessionId: string): SessionMemory {
    const memory = this.memories.get(sessionId) ?? {
      caches: newSocketCaches(),
      journal: new ArrivalJournal(sessionId, this.options.credentials),
      reportedGroups: new Map(),
      readRanges: new ReadRanges(),
    };
    this.memories.set(sessionId, memory);
    return memory;
  }

  private drop(sessionId: string, connection: Connection): void {
    if (this.connections.get(sessionId) === connection) this.connections.delete(sessionId);
  }

  /** Neither reports nor confirms what arrives over this connection. @throws {NotConnected} `close` was called meanwhile. */
  private async connectToUnlink(sessionId: string): Promise<boolean> {
    if (this.closing) throw new NotConnected(sessionId);
    const options = { ...this.options, report: () => undefined };
    const connection = this.newConnection(sessionId, {}, { options, confirmsNothing: true });
    this.unlinking.add(connection);
    try {
      const unlinked = await connection.connectToUnlink();
      if (!unlinked && this.closing) throw new NotConnected(sessionId);
      return unlinked;
    } finally {
      this.unlinking.delete(connection);
      connection.end(disconnects.loggedOut);
    }
  }

  /** A start that is called meanwhile waits for it. */
  private async removing<Result>(sessionId: string, work: () => Promise<Result>): Promise<Result> {
    const removal = work();
    this.removals.set(sessionId, removal);
    try {
      return await removal;
    } finally {
      if (this.removals.get(sessionId) === removal) this.removals.delete(sessionId);
    }
  }

  private async remove(sessionId: string): Promise<void> {
    this.memories.get(sessionId)?.journal.discard();
    this.memories.delete(sessionId);
    await this.options.credentials.remove(sessionId);
  }

  private async ask<Answer>(sessionId: string, question: (socket: WASocket) => Promise<Answer>): Promise<Answer> {
    const connection = this.connections.get(sessionId);
    if (!connection) throw new NotConnected(sessionId);
    try {
      return await connection.query(question);
    } catch (error) {
      throw error instanceof NotConnected || error instanceof DownloadFailed ? error : queryFailure(error);
    }
  }
}
