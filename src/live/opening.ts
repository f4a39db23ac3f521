import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { ListChatNames } from '../messaging/address.contract.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import { CommandContext } from '../platform/command-context.js';
import { InvalidInput } from '../platform/http/problem.js';
import { EventSessions } from '../platform/public-events/event-sessions.js';
import { PublicEvents } from '../platform/public-events/public-events.js';
import { matchesType } from '../platform/public-events/type-patterns.js';
import { parseCursor, type Cursor } from './reading/cursor.js';
import { EventReading } from './reading/event-reading.js';
import type { Interest } from './reading/interest.js';

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
  private readonly context = CommandContext.new({ kind: 'system', id: 'live' });

  constructor(
    private readonly queries: QueryBus,
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
    const chats = chat === undefined ? null : await this.chatsNamed(userId, chat);
    return { userId, sessionId: sessionId ?? null, chats, types };
  }

  /** What names the chat that a caller means by its id, an address, or the phone number: its messages may have come by the person's LID. */
  private async chatsNamed(userId: string | null, of: string): Promise<ReadonlySet<string>> {
    const query: ListChatNames = { type: 'ListChatNames', data: { of, ...(userId !== null && { userId }) } };
    return new Set(await this.queries.execute<ListChatNames>(query, this.context));
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
