import { ReadableStream } from 'node:stream/web';
import { startThread, ThreadEnded, transfer, workerUrl, type ErrorData, type Thread } from '#lib/threads';
import { MasterKey } from '#lib/vault';
import { accountMethods, type WhatsAppAccounts } from '../../accounts.js';
import type { MediaReference, UploadedMedia } from '../../content.js';
import { disconnects } from '../../disconnects.js';
import { NotConnected, QueryFailed, SendFailed, UploadFailed } from '../../errors.js';
import { groupMethods, type WhatsAppGroups } from '../../groups.js';
import type {
  Activity,
  ConnectionState,
  FileToUpload,
  MediaToUpload,
  NumberCheck,
  OutgoingMessage,
  StartOptions,
  WhatsAppConnections,
} from '../../port.js';
import type { MessageKey, Report } from '../../reports.js';
import { mayHaveSessions } from '../credentials/index.js';
import type { BaileysOptions } from '../options.js';
import { loggedErrors, whatsAppErrors } from '../../error-classes.js';
import { isOpenFile } from '../file-pieces.js';
import { inLargeChunks } from './large-chunks.js';
import type { BaileysMainMethods, BaileysThreadMethods, BaileysThreadData } from './methods.js';

export type BaileysThreadOptions = Pick<BaileysOptions, 'report' | 'sentMessages' | 'proxies' | 'log'> &
  BaileysThreadData;

type Running = { readonly thread: Thread<BaileysThreadMethods>; readonly opened: Promise<void> };

const threadEnded = 'The thread of the WhatsApp connections has ended';

/**
 * Sessions on a thread of their own, so that encryption does not delay HTTP requests. It starts with the first session. If the thread fails, its
 * connections are reported as closed, and the next start of a session starts a new thread.
 */
export class ThreadedConnections implements WhatsAppConnections {
  readonly groups: WhatsAppGroups;
  readonly accounts: WhatsAppAccounts;
  private readonly states = new Map<string, ConnectionState>();
  private running: Running | undefined;
  private closing: Promise<void> | undefined;
  private mayBeNew: boolean;

  constructor(private readonly options: BaileysThreadOptions) {
    this.mayBeNew = options.mayBeNew;
    this.groups = forwarding<WhatsAppGroups>(groupMethods, (method, args) =>
      this.query(args[0], (thread) => thread.ask('groups', method, args)),
    );
    this.accounts = forwarding<WhatsAppAccounts>(accountMethods, (method, args) =>
      this.query(args[0], (thread) => thread.ask('accounts', method, args)),
    );
  }

  /**
   * Starts the thread if there is any session; otherwise the first one does.
   * @throws {CredentialsUnavailable} @throws {VaultError}
   */
  async open(): Promise<void> {
    const { credentials, key, mayBeNew } = this.options;
    const isNeeded = await mayHaveSessions(credentials, { key: new MasterKey(key), mayBeNew });
    if ('file' in credentials) this.mayBeNew = false; // it is there by now
    if (isNeeded) await this.thread();
  }

  async start(sessionId: string, start: StartOptions = {}): Promise<void> {
    if (this.closing) throw new NotConnected(sessionId);
    const isNew = !this.states.has(sessionId);
    if (isNew) this.states.set(sessionId, { state: 'connecting', lastSeenAt: null });
    try {
      await (await this.thread()).ask('start', sessionId, start);
    } catch (error) {
      if (isNew) this.states.delete(sessionId);
      throw error;
    }
  }

  async stop(sessionId: string): Promise<void> {
    if (this.states.has(sessionId)) await (await this.thread()).ask('stop', sessionId);
  }

  async logout(sessionId: string): Promise<{ readonly unlinked: boolean }> {
    return (await this.thread()).ask('logout', sessionId);
  }

  async forget(sessionId: string): Promise<void> {
    await (await this.thread()).ask('forget', sessionId);
  }

  async send(sessionId: string, message: OutgoingMessage): Promise<{ readonly sentAt: string }> {
    const thread = await this.threadInUse();
    if (!thread) throw new SendFailed({ kind: 'not_sent' }, `Session ${sessionId} is not connected to WhatsApp`);
    try {
      return await thread.ask('send', sessionId, message);
    } catch (error) {
      if (error instanceof ThreadEnded) throw new SendFailed({ kind: 'unknown' }, threadEnded, { cause: error });
      throw error;
    }
  }

  /** An open file is read there: its bytes never come here. */
  async uploadMedia(sessionId: string, media: MediaToUpload, file: FileToUpload): Promise<UploadedMedia> {
    const moved = isOpenFile(file) ? transfer(file, [file]) : streamOf(file);
    try {
      const thread = await this.threadInUse();
      if (!thread) throw new NotConnected(sessionId);
      return await thread.ask('upload', sessionId, media, moved);
    } catch (error) {
      if (error instanceof ThreadEnded) throw new UploadFailed({ kind: 'interrupted' }, threadEnded, { cause: error });
      throw error;
    } finally {
      if (isOpenFile(moved)) await moved.close();
      else if (!moved.locked) await moved.cancel(); // nobody took it
    }
  }

  checkNumbers(sessionId: string, phoneNumbers: readonly string[]): Promise<readonly NumberCheck[]> {
    return this.query(sessionId, (thread) => thread.ask('checkNumbers', sessionId, phoneNumbers));
  }

  showActivity(sessionId: string, chat: string, activity: Activity): Promise<void> {
    return this.query(sessionId, (thread) => thread.ask('showActivity', sessionId, chat, activity));
  }

  markRead(sessionId: string, messages: readonly MessageKey[], as: 'read' | 'played' = 'read'): Promise<void> {
    return this.query(sessionId, (thread) => thread.ask('markRead', sessionId, messages, as));
  }

  setPresence(sessionId: string, presence: 'online' | 'offline'): Promise<void> {
    return this.query(sessionId, (thread) => thread.ask('setPresence', sessionId, presence));
  }

  renewMedia(sessionId: string, message: MessageKey, media: MediaReference): Promise<MediaReference | undefined> {
    return this.query(sessionId, (thread) => thread.ask('renewMedia', sessionId, message, media));
  }

  rejectCall(sessionId: string, call: Parameters<WhatsAppConnections['rejectCall']>[1]): Promise<void> {
    return this.query(sessionId, (thread) => thread.ask('rejectCall', sessionId, call));
  }

  async downloadMedia(sessionId: string, media: MediaReference): Promise<AsyncIterable<Uint8Array>> {
    return (await this.thread()).ask('download', sessionId, media);
  }

  async openEdit(...args: Parameters<WhatsAppConnections['openEdit']>): ReturnType<WhatsAppConnections['openEdit']> {
    return (await this.thread()).ask('openEdit', ...args);
  }

  async openVote(...args: Parameters<WhatsAppConnections['openVote']>): ReturnType<WhatsAppConnections['openVote']> {
    return (await this.thread()).ask('openVote', ...args);
  }

  connection(sessionId: string): ConnectionState | undefined {
    return this.states.get(sessionId);
  }

  async linkedSessions(): Promise<readonly string[]> {
    return (await this.thread()).ask('linkedSessions');
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    await this.running?.thread.close();
  }

  private async query<Answer>(
    sessionId: string,
    ask: (thread: Thread<BaileysThreadMethods>) => Promise<Answer>,
  ): Promise<Answer> {
    const thread = await this.threadInUse();
    if (!thread) throw new NotConnected(sessionId);
    try {
      return await ask(thread);
    } catch (error) {
      if (error instanceof ThreadEnded) throw new QueryFailed(null, threadEnded, { cause: error });
      throw error;
    }
  }

  private async thread(): Promise<Thread<BaileysThreadMethods>> {
    if (this.closing && !this.running) throw new ThreadEnded('The WhatsApp connections are closed');
    const running = (this.running ??= this.begin());
    await running.opened;
    return running.thread;
  }

  /** Undefined where no session has needed it, or its credentials cannot be opened. Does not start it. */
  private async threadInUse(): Promise<Thread<BaileysThreadMethods> | undefined> {
    const { running } = this;
    try {
      await running?.opened;
    } catch {
      return undefined; // whoever starts a session is told why
    }
    return running?.thread;
  }

  private begin(): Running {
    const { report: _report, sentMessages, proxies, log, ...workerData } = this.options;
    const methods: BaileysMainMethods = {
      report: (sessionId, report) => this.hear(sessionId, report),
      sentMessage: sentMessages,
      proxy: proxies,
      lastSeen: (times) => this.noteLastSeen(times),
      log: (level, details, message) => log[level](decoded(details), message),
    };
    const thread = startThread<BaileysThreadMethods>(workerUrl('./baileys.worker.js', import.meta.url), {
      workerData: { ...workerData, mayBeNew: this.mayBeNew } satisfies BaileysThreadData,
      methods,
      errors: whatsAppErrors,
      batching: 'turn',
      keepsProcessAlive: 'always',
      onTellFailed: (error, method) => log.error({ err: error, method }, 'A message of the thread was not handled'),
      onEnd: (error) => this.lose(running, error),
    });
    const opened = thread.ask('open');
    const running = { thread, opened };
    opened.catch(() => this.abandon(running));
    return running;
  }

  private async hear(sessionId: string, report: Report): Promise<void> {
    if (report.kind === 'closed') this.states.delete(sessionId);
    else if (this.states.has(sessionId)) {
      const isOpen = report.kind === 'open' || this.states.get(sessionId)?.state === 'open';
      this.states.set(sessionId, { state: isOpen ? 'open' : 'connecting', lastSeenAt: new Date().toISOString() });
    }
    await this.options.report(sessionId, report);
  }

  private noteLastSeen(times: Parameters<BaileysMainMethods['lastSeen']>[0]): void {
    for (const [sessionId, lastSeenAt] of times) {
      const known = this.states.get(sessionId);
      if (known) this.states.set(sessionId, { ...known, lastSeenAt });
    }
  }

  /** A thread that could not open its credentials is of no use; the next call that needs one tries again. */
  private abandon(running: Running): void {
    if (this.running === running) this.running = undefined;
    void running.thread.terminate();
  }

  private lose(running: Running, error: ThreadEnded): void {
    if (this.running !== running) return;
    this.running = undefined;
    const sessions = [...this.states.keys()];
    if (this.closing) return;
    this.options.log.error({ err: error, sessions: sessions.length }, threadEnded);
    for (const sessionId of sessions) {
      this.hear(sessionId, { kind: 'closed', disconnect: disconnects.threadLost }).catch((error: unknown) => {
        this.options.log.error({ err: error, sessionId }, 'A report was not recorded');
      });
    }
  }
}

const streamOf = (file: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  ReadableStream.from(inLargeChunks(file)) as ReadableStream<Uint8Array>;

/** A part of the port of which every method is called elsewhere. */
const forwarding = <Part>(
  methods: readonly (keyof Part & string)[],
  call: (method: keyof Part, args: readonly [sessionId: string, ...unknown[]]) => Promise<unknown>,
): Part =>
  Object.fromEntries(
    methods.map((method) => [method, (...args: [sessionId: string, ...unknown[]]) => call(method, args)]),
  ) as Part;

const decoded = (details: object): object =>
  'err' in details ? { ...details, err: loggedErrors.decode(details.err as ErrorData) } : details;
