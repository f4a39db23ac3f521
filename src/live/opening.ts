import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { InvalidInput } from '../platform/http/problem.js';
import { EventSessions } from '../platform/public-events/event-sessions.js';
import { PublicEvents } from '../platform/public-events/public-events.js';
import { matchesType } from '../platform/public-events/type-patterns.js';
import { parseCursor, type Cursor } from './reading/cursor.js';
import { EventReading } from './reading/event-reading.js';
import { chatsNamed, type Interest } from './reading/interest.js';

/** What a reader asks for, as it is written. */
export type Asked = {
  readonly types?: readonly string[];
  readonly sessionId?: string;
  readonly chat?: string;
  readonly after?: string;
};

/** Checks what readers ask for, before they are answered. */
@Injectable()
export class Opening {
  constructor(
    private readonly publicEvents: PublicEvents,
    private readonly sessions: EventSessions,
    private readonly reading: EventReading,
  ) {}

  /** `userId`: whose events; null for those of all. @throws {InvalidInput} no event has such a type @throws {DomainError} `session_not_found` */
  async interest(userId: string | null, { types = ['*'], sessionId, chat }: Asked): Promise<Interest> {
    const unknown = types.filter((type) => !this.publicEvents.catalogue.some((one) => matchesType([type], one.type)));
    if (unknown.length > 0) {
      throw new InvalidInput([{ path: 'types', message: `No event has such a type: ${unknown.join(', ')}` }]);
    }
    if (sessionId !== undefined) {
      const owner = this.sessions.ownerOf(sessionId) ?? (await this.sessions.ownerAsOfNow(sessionId));
      if (owner === undefined || (userId !== null && owner !== userId)) {
        throw new DomainError('not_found', 'session_not_found', 'There is no such session');
      }
    }
    return { userId, sessionId: sessionId ?? null, chats: chat === undefined ? null : chatsNamed(chat), types };
  }

  /** Where they begin: now, unless they say otherwise. @throws {DomainError} `cursor_ahead` */
  async cursor(after: string | undefined): Promise<Cursor> {
    const end = await this.reading.end();
    if (after === undefined) return end;
    const cursor = parseCursor(after);
    if (cursor.position <= end.position) return cursor;
    throw new DomainError('conflict', 'cursor_ahead', 'The log ends before that event: begin anew');
  }
}
