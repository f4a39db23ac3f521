import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { CALLERS, type Callers } from '../identity/callers.contract.js';
import type { Permission } from '../platform/http/access.contract.js';
import type { Caller } from '../platform/http/caller.js';
import { Unauthenticated } from '../platform/http/refusals.js';
import { EventSessions } from '../platform/public-events/event-sessions.js';
import { LiveNews, type News } from '../platform/public-events/live-news.js';
import { LOG } from '../platform/tokens.js';
import type { Cursor } from './reading/cursor.js';
import { EventReading, type Reading } from './reading/event-reading.js';
import { isOfInterest, type Interest } from './reading/interest.js';
import { slow, takesAgain } from './slow-readers.js';

/** Why a reader gets no more: a stable code, and a sentence. */
export type End = { readonly code: string; readonly detail: string };

/** Where a reader's events go. */
export interface LiveConnection {
  /** False where the other end is behind. `cursor`: where it may go on after this; null where that stays. */
  send(body: string, cursor: string | null): boolean;
  /** Resolves once there is room again, or the connection is closed. */
  drained(): Promise<void>;
  /** Keeps the connection, and tells how far the reader has come where it waits for nothing. False where the other end is behind. */
  beat(cursor: string | null): boolean;
  /** Says why, as far as the other end still takes it, and ends. */
  end(why: End): void;
}

export type NewReader = {
  readonly caller: Caller;
  /** Their address. */
  readonly ip: string;
  /** What they must be allowed, as long as they read. */
  readonly permission: Permission;
  readonly interest: Interest;
  readonly from: Cursor;
  readonly connection: LiveConnection;
};

type Reader = NewReader & {
  caller: Caller;
  readonly closing: AbortController;
  readonly reading: Reading;
  lastSentAtMs: number;
  /** While it is behind: resolves with false where it has taken nothing for too long, and is cut. */
  room: Promise<boolean> | undefined;
  /** Its session was not there any more when that was last checked. */
  hasLostSession: boolean;
  isBeingChecked: boolean;
};

/** Within twice this time, nobody reads any more who may not. */
const checkIntervalMs = 700;
const heartbeatIntervalMs = 15_000;

/** The live readers of this process, while they may read. */
@Injectable()
export class LiveReaders implements BeforeApplicationShutdown {
  private readonly readers = new Set<Reader>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly events: EventReading,
    private readonly sessions: EventSessions,
    private readonly liveNews: LiveNews,
    @Inject(CALLERS) private readonly callers: Callers,
    @Inject(LOG) private readonly log: Log,
  ) {
    liveNews.onNews((news) => {
      for (const reader of this.readers) this.tell(reader, news);
    });
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const reader of this.readers) this.end(reader, stopping);
  }

  /** Begins to send. Returns what stops it, for when the connection is gone. */
  add(given: NewReader): () => void {
    const closing = new AbortController();
    const reading = this.events.start(given.interest, given.from, closing.signal);
    const lastSentAtMs = performance.now();
    const unchecked = { room: undefined, hasLostSession: false, isBeingChecked: false };
    const reader: Reader = { ...given, closing, reading, lastSentAtMs, ...unchecked };
    this.readers.add(reader);
    this.timer ??= setInterval(() => this.checkAll(), checkIntervalMs).unref();
    for (const news of this.liveNews.current()) this.tell(reader, news);
    void this.pump(reader);
    return () => this.drop(reader);
  }

  private async pump(reader: Reader): Promise<void> {
    const { reading, connection, interest } = reader;
    try {
      for await (const { body, cursor, type } of reading.events) {
        reader.lastSentAtMs = performance.now();
        if (!connection.send(body, cursor) && !(await this.hasRoom(reader))) return;
        if (type === 'session.deleted' && interest.sessionId !== null) this.end(reader, sessionDeleted);
      }
    } catch (error) {
      this.log.error({ err: error }, 'A live reader is cut: the log cannot be read');
      this.end(reader, unavailable);
    }
  }

  /** None waits for another: the store of logins, which some have to ask, may be slow or away. */
  private checkAll(): void {
    for (const reader of this.readers) void this.checkUnlessAsked(reader);
  }

  private async checkUnlessAsked(reader: Reader): Promise<void> {
    if (reader.isBeingChecked) return;
    reader.isBeingChecked = true;
    try {
      await this.check(reader);
    } catch (error) {
      // Where it cannot be found out, it stays as it was.
      this.log.warn({ err: error }, 'Could not check the permission of a live reader');
    } finally {
      reader.isBeingChecked = false;
    }
  }

  private async check(reader: Reader): Promise<void> {
    const { caller, ip, permission, interest, connection, reading } = reader;
    const why = await this.whyNot(caller, ip, permission, (now) => (reader.caller = now));
    if (why) return this.end(reader, why);
    if (interest.sessionId !== null && this.sessions.ownerOf(interest.sessionId) === undefined) {
      if (reader.hasLostSession) return this.end(reader, sessionDeleted);
      reader.hasLostSession = true; // the event that says so may be on its way
    }
    const now = performance.now();
    if (reader.room || now - reader.lastSentAtMs < heartbeatIntervalMs) return;
    reader.lastSentAtMs = now;
    const idleAt = reading.idleAt();
    if (!connection.beat(idleAt === undefined ? null : String(idleAt))) void this.hasRoom(reader);
  }

  /** News is sent only to readers that keep up; the others miss it. */
  private tell(reader: Reader, news: News): void {
    const { interest, room, caller, connection } = reader;
    if (room || !isOfInterest(interest, news)) return;
    const { confidential } = news;
    const mayKnow = confidential && (caller.permissions as ReadonlySet<Permission>).has(confidential.scope);
    if (!connection.send(mayKnow ? confidential.body : news.body, null)) void this.hasRoom(reader);
  }

  private hasRoom(reader: Reader): Promise<boolean> {
    reader.room ??= takesAgain(reader.connection, reader.closing.signal).then((takes) => {
      reader.room = undefined;
      if (!takes) this.end(reader, slow);
      return takes;
    });
    return reader.room;
  }

  private async whyNot(
    caller: Caller,
    ip: string,
    permission: Permission,
    found: (now: Caller) => void,
  ): Promise<End | undefined> {
    try {
      const now = await this.callers.asNow(caller, ip);
      found(now);
      if ((now.permissions as ReadonlySet<Permission>).has(permission)) return undefined;
      return { code: 'permission_missing', detail: `This needs the permission ${permission}` };
    } catch (error) {
      if (error instanceof Unauthenticated || error instanceof DomainError) {
        return { code: error.code, detail: error.message };
      }
      throw error;
    }
  }

  private end(reader: Reader, why: End): void {
    if (!this.readers.has(reader)) return;
    this.drop(reader);
    this.log.info({ code: why.code }, 'A live reader is cut');
    reader.connection.end(why);
  }

  private drop(reader: Reader): void {
    reader.closing.abort();
    this.readers.delete(reader);
    if (this.readers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

const stopping: End = { code: 'service_stopping', detail: 'The service stops: connect again and resume' };
const unavailable: End = { code: 'store_unavailable', detail: 'The log cannot be read: connect again and resume' };
const sessionDeleted: End = { code: 'session_deleted', detail: 'The session was deleted' };
