import { translating } from '#lib/async';
import { own } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import { decodePlace, encodePlace } from '../cursor.js';
import { RequestLogUnavailable } from '../errors.js';
import type { CountSearch, RequestBatch, RequestCount, RequestLogStore, RequestPage, RequestSearch } from '../port.js';
import type { RequestLogMethods } from './request-log.worker.js';

const countsPageSize = 1000;

/**
 * Opens the log of requests in a SQLite file, which is created if it does not exist. It works in a thread of its own; one process owns the
 * file.
 * @throws {RequestLogUnavailable}
 */
export const openSqliteRequestLog = async ({ file }: { readonly file: string }): Promise<RequestLogStore> => {
  let release: (() => void) | undefined;
  let thread: Thread<RequestLogMethods> | undefined;
  try {
    release = own(file);
    thread = startThread<RequestLogMethods>(workerUrl('./request-log.worker.js', import.meta.url), {
      workerData: { file },
    });
    await thread.ask('open');
    return new SqliteRequestLog(thread, release);
  } catch (error) {
    await thread?.close();
    release?.();
    throw unavailable(error);
  }
};

const msOf = (time: string | undefined, otherwise: number): number =>
  time === undefined ? otherwise : Date.parse(time);
const iso = (ms: number): string => new Date(ms).toISOString();

class SqliteRequestLog implements RequestLogStore {
  private closing: Promise<void> | undefined;

  constructor(
    private readonly thread: Thread<RequestLogMethods>,
    private readonly release: () => void,
  ) {}

  async write(batch: RequestBatch): Promise<void> {
    await translated(this.open().ask('write', batch));
  }

  async find({ where, from, to, limit, cursor }: RequestSearch): Promise<RequestPage> {
    const end = { at: msOf(to, Number.MAX_SAFE_INTEGER), id: '' };
    const place = decodePlace(cursor);
    const before = place && place.at < end.at ? place : end;
    const find = { where, before, from: msOf(from, 0), limit };
    const { rows, last } = await translated(this.open().ask('find', find));
    return { data: rows.map((row) => ({ ...row, at: iso(row.at) })), next: last ? encodePlace(last) : null };
  }

  async *counts({ userId, from, to }: CountSearch): AsyncGenerator<RequestCount, void, undefined> {
    let after = { quarter: Date.parse(from), id: '' };
    for (;;) {
      const find = { userId, after, to: Date.parse(to), limit: countsPageSize };
      const rows = await translated(this.open().ask('counts', find));
      for (const { quarter, ...count } of rows) yield { ...count, quarter: iso(quarter) };
      const last = rows.at(-1);
      if (!last || rows.length < countsPageSize) return;
      after = { quarter: last.quarter, id: last.id };
    }
  }

  async removeBefore(time: string, limit: number): Promise<number> {
    return translated(this.open().ask('removeBefore', Date.parse(time), limit));
  }

  close(): Promise<void> {
    return (this.closing ??= this.thread.close().finally(this.release));
  }

  private open(): Thread<RequestLogMethods> {
    if (this.closing) throw new RequestLogUnavailable('The log of requests is closed');
    return this.thread;
  }
}

const unavailable = (error: unknown): RequestLogUnavailable => {
  const message = error instanceof Error ? error.message : String(error);
  return new RequestLogUnavailable(`The log of requests is unavailable: ${message}`, { cause: error });
};

const translated = translating(unavailable);
