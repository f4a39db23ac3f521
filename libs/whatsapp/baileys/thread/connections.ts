import { Worker } from 'node:worker_threads';
import { workerUrl } from '#lib/sqlite';
import type { MediaReference } from '../../content.js';
import { disconnects } from '../../disconnects.js';
import { NotConnected, QueryFailed, SendFailed } from '../../errors.js';
import type {
  ConnectionState,
  NumberCheck,
  OutgoingMessage,
  SentMessages,
  StartOptions,
  WhatsAppConnections,
} from '../../port.js';
import type { MessageKey, Report } from '../../reports.js';
import type { BaileysOptions } from '../options.js';
import type { MediaPiece, OwnerCalls, ThreadCalls, ThreadOptions } from './calls.js';
import { receiveError } from './errors.js';
import { Wire, type Remote } from './wire.js';

export type BaileysThreadOptions = Pick<BaileysOptions, 'report' | 'log'> &
  ThreadOptions & { readonly sentMessages: SentMessages };

/** The thread ended though nobody asked it to. */
class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

type Running = { readonly worker: Worker; readonly wire: Wire<ThreadCalls>; readonly opened: Promise<void> };

/**
 * Sessions on a thread of their own: encryption keeps nobody waiting who asks over HTTP. Where the thread fails, its connections are
 * reported closed, and whoever starts one again has a new thread.
 */
export class ThreadedConnections implements WhatsAppConnections {
  private readonly states = new Map<string, ConnectionState>();
  private running: Running | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: BaileysThreadOptions) {}

  /** @throws {CredentialsUnavailable} */
  async open(): Promise<void> {
    await this.thread();
  }

  async start(sessionId: string, start: StartOptions = {}): Promise<void> {
    if (this.closing) throw new NotConnected(sessionId);
    const isNew = !this.states.has(sessionId);
    if (isNew) this.states.set(sessionId, { state: 'connecting', lastSeenAt: null });
    try {
      await (await this.thread()).start(sessionId, start);
    } catch (error) {
      if (isNew) this.states.delete(sessionId);
      throw error;
    }
  }

  async stop(sessionId: string): Promise<void> {
    if (this.states.has(sessionId)) await (await this.thread()).stop(sessionId);
  }

  async logout(sessionId: string): Promise<{ readonly unlinked: boolean }> {
    return (await this.thread()).logout(sessionId);
  }

  async forget(sessionId: string): Promise<void> {
    await (await this.thread()).forget(sessionId);
  }

  async send(sessionId: string, message: OutgoingMessage): Promise<{ readonly sentAt: string }> {
    if (!this.running) throw new SendFailed({ kind: 'not_sent' }, `Session ${sessionId} is not connected to WhatsApp`);
    try {
      return await this.running.wire.ask.send(sessionId, message);
    } catch (error) {
      if (error instanceof ThreadLost) throw new SendFailed({ kind: 'unknown' }, error.message, { cause: error });
      throw error;
    }
  }

  checkNumbers(sessionId: string, phoneNumbers: readonly string[]): Promise<readonly NumberCheck[]> {
    return this.question(sessionId, ({ checkNumbers }) => checkNumbers(sessionId, phoneNumbers));
  }

  markRead(sessionId: string, messages: readonly MessageKey[]): Promise<void> {
    return this.question(sessionId, ({ markRead }) => markRead(sessionId, messages));
  }

  async downloadMedia(media: MediaReference): Promise<AsyncIterable<Uint8Array>> {
    return bytesOf(await (await this.thread()).download(media));
  }

  connection(sessionId: string): ConnectionState | undefined {
    return this.states.get(sessionId);
  }

  async linkedSessions(): Promise<readonly string[]> {
    return (await this.thread()).linkedSessions();
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    const { running } = this;
    if (!running) return;
    try {
      await running.wire.ask.close();
    } finally {
      await running.worker.terminate();
    }
  }

  private async question<Answer>(
    sessionId: string,
    ask: (thread: Remote<ThreadCalls>) => Promise<Answer>,
  ): Promise<Answer> {
    if (!this.running) throw new NotConnected(sessionId);
    try {
      return await ask(this.running.wire.ask);
    } catch (error) {
      if (error instanceof ThreadLost) throw new QueryFailed(null, error.message, { cause: error });
      throw error;
    }
  }

  private async thread(): Promise<Remote<ThreadCalls>> {
    if (this.closing && !this.running) throw new ThreadLost('The connections to WhatsApp are closed');
    const running = (this.running ??= this.begin());
    await running.opened;
    return running.wire.ask;
  }

  private begin(): Running {
    const { report: _report, sentMessages, log, ...workerData } = this.options;
    const worker = new Worker(workerUrl('./baileys.worker.js', import.meta.url), {
      workerData: workerData satisfies ThreadOptions,
    });
    const calls: OwnerCalls = {
      report: (sessionId, report) => this.hear(sessionId, report),
      sentMessage: sentMessages,
      heard: (times) => this.note(times),
      log: (level, details, message) => log[level](details, message),
    };
    const wire = new Wire<ThreadCalls>(worker, calls);
    const opened = wire.ask.open();
    const running = { worker, wire, opened };
    opened.catch(() => this.abandon(running));
    worker.on('error', (error) => log.error({ err: error }, 'The thread of the connections to WhatsApp failed'));
    worker.on('exit', () => this.lose(running));
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

  private note(times: Parameters<OwnerCalls['heard']>[0]): void {
    for (const [sessionId, lastSeenAt] of times) {
      const known = this.states.get(sessionId);
      if (known) this.states.set(sessionId, { ...known, lastSeenAt });
    }
  }

  /** A thread that could not open its credentials is of no use; the next who needs one tries again. */
  private abandon(running: Running): void {
    if (this.running === running) this.running = undefined;
    void running.worker.terminate();
  }

  private lose(running: Running): void {
    running.wire.break(new ThreadLost('The thread of the connections to WhatsApp has ended'));
    if (this.running !== running) return;
    this.running = undefined;
    const sessions = [...this.states.keys()];
    if (this.closing) return;
    this.options.log.error({ sessions: sessions.length }, 'The thread of the connections to WhatsApp has ended');
    for (const sessionId of sessions) {
      this.hear(sessionId, { kind: 'closed', disconnect: disconnects.threadLost }).catch((error: unknown) => {
        this.options.log.error({ err: error, sessionId }, 'A report was not recorded');
      });
    }
  }
}

async function* bytesOf(pieces: AsyncIterable<MediaPiece>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if ('failure' in piece) throw receiveError(piece.failure);
    yield piece.bytes;
  }
}
