import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { InvalidInput } from '../platform/http/problem.js';
import { EventSessions } from '../platform/public-events/event-sessions.js';
import { PublicEvents } from '../platform/public-events/public-events.js';
import { matchesType } from '../platform/public-events/type-patterns.js';
import { ChatLookup } from './reading/chat-lookup.js';
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
  constructor(
    private readonly publicEvents: PublicEvents,
    private readonly sessions: EventSessions,
    private readonly reading: EventReading,
    private readonly chats: ChatLookup,
  ) {}

  /**
   * `userId`: whose events; null for those of all. `from`: now, unless they say otherwise.
   * @throws {InvalidInput} no event has such a type @throws {DomainError} `session_not_found`, `cursor_ahead`, `cursor_unknown` @throws {Transient}
   */
  async open(userId: string | null, { after, ...asked }: Asked): Promise<{ interest: Interest; from: Cursor }> {
    const from = await this.reading.placeOf(after === undefined ? undefined : parseCursor(after));
    return { interest: await this.interest(userId, asked, from.position), from };
  }

  private async interest(
    userId: string | null,
    { types = ['*'], sessionId, chat }: Asked,
    position: number,
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
    const owner = { userId, sessionId: sessionId ?? null };
    return { ...owner, chat: chat === undefined ? null : await this.chats.find(chat, owner, position), types };
  }
}
