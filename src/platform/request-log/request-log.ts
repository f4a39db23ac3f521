import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { newId } from '#lib/ids';
import {
  RequestLogWriter,
  type RequestLogState,
  type RequestPage,
  type RequestSearch,
  type RequestSum,
  type SumSearch,
} from '#lib/request-log';
import type { Log } from '#lib/subscriptions';
import type { AnsweredRequest } from '../http/server/answered-request.js';
import type { Stores } from '../stores.js';
import { CONFIG, LOG, STORES } from '../tokens.js';
import { openRequestLog } from './open-request-log.js';

/** Asked every few seconds by machines: nobody wants to know. */
const unlogged = /^\/(?:health\/|metrics$)/;
const dayMs = 24 * 3600 * 1000;
/** Removed at once. */
const maxRemoved = 2000;

/** The requests that were answered, for as long as they are kept, and how many each user made. */
@Injectable()
export class RequestLog {
  private readonly writer: RequestLogWriter;
  private readonly days: number;

  constructor(
    @Inject(CONFIG) { WAYBILL_DATA_DIR: directory, WAYBILL_REQUEST_LOG_DAYS: days }: Config,
    @Inject(STORES) { database }: Stores,
    @Inject(LOG) log: Log,
  ) {
    this.days = days;
    this.writer = new RequestLogWriter({
      open: () => openRequestLog(directory, database?.mongo),
      log,
      keeps: days > 0,
    });
  }

  /** Never waits and never fails. */
  record({ request, status, ms, bytesOut }: AnsweredRequest): void {
    const route = request.routeOptions.url ?? null;
    if (route !== null && unlogged.test(route)) return;
    const { authenticated: caller, method, id: requestId, ip: address, headers, problemCode } = request;
    const isUser = caller?.kind === 'user';
    this.writer.record({
      id: newId(),
      at: new Date().toISOString(),
      method,
      route,
      status,
      ms,
      userId: isUser ? caller.userId : null,
      keyId: isUser ? caller.keyId : null,
      adminId: caller?.kind === 'admin' ? caller.adminId : null,
      address,
      requestId,
      bytesIn: announced(headers['content-length']),
      bytesOut,
      code: problemCode ?? null,
    });
  }

  /** The latest first. @throws {RequestLogUnavailable | InvalidCursor} */
  async find(search: RequestSearch): Promise<RequestPage> {
    return (await this.writer.settled()).find(search);
  }

  /** How many requests users made. @throws {RequestLogUnavailable} */
  async *sums(search: SumSearch): AsyncGenerator<RequestSum, void, undefined> {
    yield* (await this.writer.settled()).sums(search);
  }

  /** @throws {RequestLogUnavailable} */
  async maintain(): Promise<void> {
    await (await this.writer.settled()).maintain();
  }

  /** Removes requests that are too old, in pieces; answers how many. @throws {RequestLogUnavailable} */
  async clean(signal: AbortSignal): Promise<number> {
    const store = await this.writer.settled();
    const oldest = new Date(Date.now() - this.days * dayMs).toISOString();
    for (let removed = 0; ;) {
      const more = signal.aborted ? 0 : await store.removeBefore(oldest, maxRemoved);
      removed += more;
      if (more < maxRemoved) return removed;
    }
  }

  state(): RequestLogState {
    return this.writer.state();
  }

  close(): Promise<void> {
    return this.writer.close();
  }
}

const announced = (length: string | undefined): number => {
  const bytes = Number(length ?? 0);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 0;
};
