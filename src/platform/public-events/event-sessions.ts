import { Inject, Injectable } from '@nestjs/common';
import type { MemoryView, Tables } from '#lib/subscriptions';
import type { ContextDefinition } from '../context-definition.js';
import { CONTEXTS } from '../tokens.js';
import { MemoryViews, type FollowedView } from '../views/memory-views.js';
import type { PublicSession } from './public-resource.js';

/** Where the sessions of public events are looked up, without I/O. */
export type SessionLookup<T extends Tables = Tables> = {
  readonly view: MemoryView<T>;
  readonly of: (tables: T, sessionId: string) => PublicSession | undefined;
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
    return this.find(sessionId) ?? (await this.findLater(sessionId, position)) ?? unknown(sessionId);
  }

  private find(sessionId: string): PublicSession | undefined {
    for (const { view, of } of this.lookups) {
      const found = of(view.tables, sessionId);
      if (found) return found;
    }
    return undefined;
  }

  private async findLater(sessionId: string, position: number): Promise<PublicSession | undefined> {
    await Promise.all(this.lookups.map(({ view }) => view.reached(position, catchUpTimeoutMs)));
    return this.find(sessionId);
  }
}

const unknown = (id: string): PublicSession => ({ id, name: null, phoneNumber: null, metadata: {} });
