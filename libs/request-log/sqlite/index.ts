import { translating } from '#lib/async';
import { openReader, own } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import { decodePlace, encodePlace } from '../cursor.js';
import { RequestLogUnavailable } from '../errors.js';
import type {
  RequestBatch,
  RequestCount,
  RequestLogStore,
  RequestPage,
  RequestSearch,
  RequestSum,
  SumSearch,
} from '../port.js';
import type { RequestLogMethods } from './request-log.worker.js';
import type { SumRow } from './tables.js';

const sumsPageSize = 1000;

/**
 * Opens the log of requests in a SQLite file, which is created if it does not exist. It works in a thread of its own, which is replaced where it
 * has ended; one process owns the file.
 * @throws {RequestLogUnavailable}
 */
export const openSqliteRequestLog = async ({ file }: { readonly file: string }): Promise<RequestLogStore> => {
  let release: (() => void) | undefined;
  try {
    release = own(file);
    const store = new SqliteRequestLog(file, release);
    await store.start();
    return store;
  } catch (error) {
    release?.();
    throw unavailable(error);
  }
};

const startOn = async (file: string, onEnd: () => void): Promise<Thread<RequestLogMethods>> => {
  const url = workerUrl('./request-log.worker.js', import.meta.url);
  const thread = startThread<RequestLogMethods>(url, { workerData: { file }, onEnd });
  try {
    await thread.ask('open');
    return thread;
  } catch (error) {
    await thread.close();
    throw error;
  }
};

/** Every count of a file, as it was written, also while a service uses it. @throws {RequestLogUnavailable} */
export async function* readRequestCounts(file: string): AsyncGenerator<RequestCount, void, undefined> {
  try {
    const db = openReader(file);
    try {
      const counts = db.prepare<[], Omit<RequestCount, 'quarter'> & { readonly quarter: number }>(
        'SELECT id, userId, quarter, requests FROM counts',
      );
      for (const { quarter, ...count } of counts.iterate()) yield { ...count, quarter: iso(quarter) };
    } finally {
      db.close();
    }
  } catch (error) {
    throw unavailable(error);
  }
}

const msOf = (time: string | undefined, otherwise: number): number =>
  time === undefined ? otherwise : Date.parse(time);
const iso = (ms: number): string => new Date(ms).toISOString();

class SqliteRequestLog implements RequestLogStore {
  private closing: Promise<void> | undefined;
  private running: Promise<Thread<RequestLogMethods>> | undefined;

  constructor(
    private readonly file: string,
    private readonly release: () => void,
  ) {}

  /** The thread: a new one where there is none. */
  start(): Promise<Thread<RequestLogMethods>> {
    if (this.running) return this.running;
    const forget = (): void => {
      if (this.running === starting) this.running = undefined;
    };
    const starting = startOn(this.file, forget);
    starting.catch(forget);
    return (this.running = starting);
  }

  async write(batch: RequestBatch): Promise<void> {
    await translated((await this.thread()).ask('write', batch));
  }

  async find({ where, from, to, limit, cursor }: RequestSearch): Promise<RequestPage> {
    const end = { at: msOf(to, Number.MAX_SAFE_INTEGER), id: '' };
    const place = decodePlace(cursor);
    const before = place && place.at < end.at ? place : end;
    const find = { where, before, from: msOf(from, 0), limit };
    const { rows, last } = await translated((await this.thread()).ask('find', find));
    return { data: rows.map((row) => ({ ...row, at: iso(row.at) })), next: last ? encodePlace(last) : null };
  }

  async *sums({ userId, from, to, by }: SumSearch): AsyncGenerator<RequestSum, void, undefined> {
    const period = { userId, from: Date.parse(from), to: Date.parse(to), limit: sumsPageSize };
    for (let last: SumRow | undefined; ;) {
      const rows = await translated((await this.thread()).ask('sums', { ...period, by, after: last?.of }));
      for (const { of, requests } of rows) yield { of: typeof of === 'number' ? iso(of) : of, requests };
      last = rows.at(-1);
      if (!last || rows.length < sumsPageSize) return;
    }
  }

  async removeBefore(time: string, limit: number): Promise<number> {
    return translated((await this.thread()).ask('removeBefore', Date.parse(time), limit));
  }

  async maintain(): Promise<void> {
    await translated((await this.thread()).ask('maintain'));
  }

  close(): Promise<void> {
    return (this.closing ??= this.end().finally(this.release));
  }

  private async end(): Promise<void> {
    await (await this.running?.catch(() => undefined))?.close();
  }

  private async thread(): Promise<Thread<RequestLogMethods>> {
    if (this.closing) throw new RequestLogUnavailable('The log of requests is closed');
    return translated(this.start());
  }
}

const unavailable = (error: unknown): RequestLogUnavailable => {
  const message = error instanceof Error ? error.message : String(error);
  return new RequestLogUnavailable(`The log of requests is unavailable: ${message}`, { cause: error });
};

const translated = translating(unavailable);
