import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { ListChatNames } from '../messaging/address.contract.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import { CommandContext } from '../platform/command-context.js';
import { InvalidInput } from '../platform/http/problem.js';
import { EventSessions } from '../platform/public-events/event-sessions.js';
import { PublicEvents } from '../platform/public-events/public-events.js';
import { matchesType } from '../platform/public-events/type-patterns.js';
import { ChatNames } from './reading/chat-names.js';
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

  /**
   * `userId`: whose events; null for those of all. `from`: now, unless they say otherwise.
   * @throws {InvalidInput} no event has such a type @throws {DomainError} `session_not_found`, `cursor_ahead` @throws {Transient}
   */
  async open(userId: string | null, { after, ...asked }: Asked): Promise<{ interest: Interest; from: Cursor }> {
    const end = await this.reading.end();
    const interest = await this.interest(userId, asked, end.position);
    const from = after === undefined ? end : parseCursor(after);
    if (from.position <= end.position) return { interest, from };
    throw new DomainError('conflict', 'cursor_ahead', 'The log ends before that event: begin anew');
  }

  private async interest(
    userId: string | null,
    { types = ['*'], sessionId, chat }: Asked,
    asOf: number,
  ): Promise<Interest> {
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
    const named = chat === undefined ? null : await this.chatNamed(userId, chat, asOf);
    return { userId, sessionId: sessionId ?? null, chat: named, types };
  }

  /** What names the chat that a caller means by its id, an address, or the phone number: its messages may have come by the person's LID. */
  private async chatNamed(userId: string | null, of: string, asOf: number): Promise<ChatNames> {
    const query: ListChatNames = { type: 'ListChatNames', data: { of, asOf, ...(userId !== null && { userId }) } };
    return new ChatNames(await this.queries.execute<ListChatNames>(query, this.context));
  }
}
