import { openReader, own, type Database, type Statement } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import { CredentialsUnavailable } from '../../../errors.js';
import type { CredentialsChange } from '../change.js';
import { PendingWrites } from '../pending-writes.js';
import type { Arrival, CredentialEntry, CredentialStore, Durability } from '../port.js';
import type { CredentialsMethods } from './credentials.worker.js';
import { unavailable } from './unavailable.js';
import { WriteQueue } from '../write-queue.js';

export { hasCredentialsOfSessions } from './first-look.js';
export { hasCredentialsCheck, readStoredValues, writeStoredValues } from './stored-values.js';

/**
 * Opens credentials in a SQLite file, which is created where it does not exist. Only one process can open it. Writes are batched in
 * transactions on a thread of their own. Reads happen on this thread: a lookup takes microseconds, so sessions need not stay in memory.
 * @throws {CredentialsUnavailable} the file is open in another process, or the disk fails.
 */
export const openSqliteCredentials = async ({ file }: { readonly file: string }): Promise<CredentialStore> => {
  let release: (() => void) | undefined;
  let thread: Thread<CredentialsMethods> | undefined;
  try {
    release = own(file);
    const url = workerUrl('./credentials.worker.js', import.meta.url);
    thread = startThread<CredentialsMethods>(url, { workerData: { file } });
    await thread.ask('open');
    return new SqliteCredentials(openReader(file), thread, release);
  } catch (error) {
    await thread?.close();
    release?.();
    throw unavailable(error);
  }
};

class SqliteCredentials implements CredentialStore {
  private readonly pending = new PendingWrites();
  private readonly queue: WriteQueue;
  private readonly find: Statement<[string, string, string], { readonly value: Buffer }>;
  private readonly list: Statement<[], { readonly session: string }>;
  private readonly listArrivals: Statement<[string], { readonly number: number; readonly value: Buffer }>;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly thread: Thread<CredentialsMethods>,
    private readonly release: () => void,
  ) {
    this.find = db.prepare('SELECT value FROM credentials WHERE session = ? AND type = ? AND id = ?');
    this.list = db.prepare("SELECT session FROM credentials WHERE type = 'creds'");
    this.listArrivals = db.prepare('SELECT number, value FROM arrivals WHERE session = ? ORDER BY number');
    this.queue = new WriteQueue(
      (changes, durability) => thread.ask('commit', changes, durability),
      (change) => this.pending.remove(change),
    );
  }

  async read(session: string, type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    this.checkOpen();
    const found = new Map<string, Uint8Array>();
    for (const id of ids) {
      const pending = this.pending.find(session, type, id);
      const value = pending === undefined ? this.onDisk(session, type, id) : pending;
      if (value) found.set(id, value);
    }
    return found;
  }

  write(
    session: string,
    entries: readonly CredentialEntry[],
    durability: Durability,
    arrivals: readonly Arrival[] = [],
  ): Promise<void> {
    return this.push({ session, entries, arrivals }, durability);
  }

  async arrivals(session: string): Promise<readonly { readonly number: number; readonly value: Uint8Array }[]> {
    this.checkOpen();
    await this.queue.drain();
    return withUnavailable(() => this.listArrivals.all(session));
  }

  remove(session: string): Promise<void> {
    return this.push({ session, entries: null, arrivals: [] }, 'power_cut');
  }

  async sessions(): Promise<readonly string[]> {
    this.checkOpen();
    await this.queue.drain();
    return withUnavailable(() => this.list.all()).map(({ session }) => session);
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    await this.queue.drain();
    this.db.close();
    await this.thread.close().finally(this.release);
  }

  private async push(change: CredentialsChange, durability: Durability): Promise<void> {
    this.checkOpen();
    this.pending.add(change);
    await this.queue.push(change, durability).catch((error: unknown) => {
      throw unavailable(error);
    });
  }

  private onDisk(session: string, type: string, id: string): Buffer | undefined {
    return withUnavailable(() => this.find.get(session, type, id))?.value;
  }

  private checkOpen(): void {
    if (this.closing) throw new CredentialsUnavailable('The credentials are closed');
  }
}

const withUnavailable = <Result>(work: () => Result): Result => {
  try {
    return work();
  } catch (error) {
    throw unavailable(error);
  }
};
