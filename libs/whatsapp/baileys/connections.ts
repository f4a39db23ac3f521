import { disconnects } from '../disconnects.js';
import { NotConnected, SendFailed } from '../errors.js';
import type { ConnectionState, NumberCheck, OutgoingMessage, StartOptions, WhatsAppConnections } from '../port.js';
import type { MessageKey } from '../reports.js';
import { Connection, type ConnectionParts } from './connection.js';
import { Arrivals } from './arrivals.js';
import { cachedCredentials } from './credentials/cached.js';
import { mediaDownloader } from './media.js';
import { checkNumbers, queryFailure } from './number-check.js';
import { usualTiming, type BaileysOptions, type Timing } from './options.js';
import { newMemory, type SocketMemory } from './socket.js';
import { markRead } from './mark-read.js';
import { startWatchdog } from './watchdog.js';

/** The sessions of this process on WhatsApp, through Baileys. */
export class BaileysConnections implements WhatsAppConnections {
  readonly downloadMedia: WhatsAppConnections['downloadMedia'];
  private readonly connections = new Map<string, Connection>();
  private readonly memories = new Map<string, { readonly memory: SocketMemory; readonly arrivals: Arrivals }>();
  private readonly removals = new Map<string, Promise<unknown>>();
  private readonly leaving = new Set<Connection>();
  private readonly hangingUp = new Set<Promise<void>>();
  private readonly timing: Timing;
  private readonly stopWatchdog: () => void;
  private closing: Promise<void> | undefined;

  private readonly options: BaileysOptions;

  constructor(options: BaileysOptions) {
    this.options = { ...options, credentials: cachedCredentials(options.credentials) };
    this.timing = { ...usualTiming, ...options.timing };
    this.downloadMedia = mediaDownloader(options.ca);
    this.stopWatchdog = startWatchdog(this.timing, (now) => this.connections.forEach((each) => each.examine(now)));
  }

  async start(sessionId: string, start: StartOptions = {}): Promise<void> {
    if (this.closing) throw new NotConnected(sessionId);
    if (this.connections.has(sessionId)) return;
    const connection = this.newConnection(sessionId, start);
    this.connections.set(sessionId, connection);
    try {
      await this.removals.get(sessionId);
      await connection.begin();
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
      const unlinked = connection?.current?.state === 'open' && (await connection.unlink());
      connection?.end(disconnects.loggedOut);
      const left = unlinked || (await this.takeLeave(sessionId));
      await this.remove(sessionId);
      return { unlinked: left };
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

  checkNumbers(sessionId: string, phoneNumbers: readonly string[]): Promise<readonly NumberCheck[]> {
    return this.ask(sessionId, (connection) => connection.ask((socket) => checkNumbers(socket, phoneNumbers)));
  }

  markRead(sessionId: string, messages: readonly MessageKey[]): Promise<void> {
    return this.ask(sessionId, (connection) => connection.ask((socket) => markRead(socket, messages)));
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
    for (const connection of [...this.connections.values(), ...this.leaving]) connection.end(disconnects.stopped);
    await Promise.allSettled([...this.hangingUp, ...this.removals.values()]);
    await Promise.all(Array.from(this.memories.values(), ({ arrivals }) => arrivals.end({ forget: false })));
  }

  private newConnection(sessionId: string, start: StartOptions, more: Partial<ConnectionParts> = {}): Connection {
    const known = this.memories.get(sessionId);
    const memory = known ?? { memory: newMemory(), arrivals: new Arrivals(sessionId, this.options.credentials) };
    this.memories.set(sessionId, memory);
    const onEnd = (gone: Promise<void>): void => {
      this.drop(sessionId, connection);
      const hangingUp = gone.finally(() => this.hangingUp.delete(hangingUp));
      this.hangingUp.add(hangingUp);
    };
    const parts = { sessionId, options: this.options, timing: this.timing, ...memory, onEnd, ...more };
    const connection = new Connection(parts, start);
    return connection;
  }

  private drop(sessionId: string, connection: Connection): void {
    if (this.connections.get(sessionId) === connection) this.connections.delete(sessionId);
  }

  /** Nobody hears of this connection, and what comes over it is not confirmed. @throws {NotConnected} all is to end meanwhile. */
  private async takeLeave(sessionId: string): Promise<boolean> {
    if (this.closing) throw new NotConnected(sessionId);
    const options = { ...this.options, report: () => undefined };
    const connection = this.newConnection(sessionId, {}, { options, confirmsNothing: true });
    this.leaving.add(connection);
    try {
      const unlinked = await connection.takeLeave();
      if (!unlinked && this.closing) throw new NotConnected(sessionId);
      return unlinked;
    } finally {
      this.leaving.delete(connection);
      connection.end(disconnects.loggedOut);
    }
  }

  /** Lets a new start wait until all that there was is gone. */
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
    void this.memories.get(sessionId)?.arrivals.end({ forget: true });
    this.memories.delete(sessionId);
    await this.options.credentials.remove(sessionId);
  }

  private async ask<Answer>(sessionId: string, question: (of: Connection) => Promise<Answer>): Promise<Answer> {
    const connection = this.connections.get(sessionId);
    if (!connection) throw new NotConnected(sessionId);
    try {
      return await question(connection);
    } catch (error) {
      throw error instanceof NotConnected ? error : queryFailure(error);
    }
  }
}
