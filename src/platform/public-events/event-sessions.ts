import { Inject, Injectable } from '@nestjs/common';
import type { MemoryView, Tables } from '#lib/subscriptions';
import type { ContextDefinition } from '../context-definition.js';
import { CONTEXTS } from '../tokens.js';
import { MemoryViews, type FollowedView } from '../views/memory-views.js';
import type { PublicSession } from './public-resource.js';

export type OwnedSession = PublicSession & { readonly userId: string };

/** Where the sessions of public events are looked up, without I/O. */
export type SessionLookup<T extends Tables = Tables> = {
  readonly view: MemoryView<T>;
  readonly of: (tables: T, sessionId: string) => OwnedSession | undefined;
};

export const sessionLookup = <T extends Tables>(lookup: SessionLookup<T>): SessionLookup =>
  lookup as unknown as SessionLookup;

const catchUpTimeoutMs = 2000;

/** The sessions that public events name: as they are now. */
@Injectable()
export class EventSessions {
  private readonly lookups: readonly { readonly view: FollowedView<Tables>; readonly of: SessionLookup['of'] }[];

  constructor(@Inject(CONTEXTS) contexts: readonly ContextDefinition[], views: MemoryViews) {
    this.lookups = contexts.flatMap(({ eventSessions }) =>
      eventSessions ? [{ view: views.follow(eventSessions.view), of: eventSessions.of }] : [],
    );
  }

  /** The session of an event at that position. Of one that was deleted, nothing is known but its id. */
  async of(sessionId: string, position: number): Promise<PublicSession> {
    const { id, name, phoneNumber, metadata } =
      this.find(sessionId) ?? (await this.findLater(sessionId, position)) ?? unknown(sessionId);
    return { id, name, phoneNumber, metadata };
  }

  /** Whose session it is; undefined where there is none, or none any more. */
  ownerOf(sessionId: string): string | undefined {
    return this.find(sessionId)?.userId;
  }

  /** The same, once all that is in the log now is known. @throws {StoreUnavailable} */
  async ownerAsOfNow(sessionId: string): Promise<string | undefined> {
    await Promise.all(this.lookups.map(({ view }) => view.caughtUp(catchUpTimeoutMs)));
    return this.ownerOf(sessionId);
  }

  private find(sessionId: string): OwnedSession | undefined {
    for (const { view, of } of this.lookups) {
      const found = of(view.tables, sessionId);
      if (found) return found;
    }
    return undefined;
  }

  private async findLater(sessionId: string, position: number): Promise<OwnedSession | undefined> {
    await Promise.all(this.lookups.map(({ view }) => view.reached(position, catchUpTimeoutMs)));
    return this.find(sessionId);
  }
}

const unknown = (id: string): PublicSession => ({ id, name: null, phoneNumber: null, metadata: {} });
