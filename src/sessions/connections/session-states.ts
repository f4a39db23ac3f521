import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { fold, type EventCodec } from '#lib/event-sourcing';
import type { StoredEvent } from '#lib/event-store';
import type { Stores } from '../../platform/stores.js';
import { CODEC, STORES } from '../../platform/tokens.js';
import { sessionDecider, type SessionState } from '../session.decider.js';

type Known = { readonly state: SessionState; readonly revision: number };

/** What the log says of a session at this moment. Reads only what is new since it was asked last. */
@Injectable()
export class SessionStates {
  private readonly known = new LRUCache<string, Known>({ max: 10_000 });

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
  ) {}

  /** @throws {StoreUnavailable} */
  async now(sessionId: string): Promise<SessionState> {
    const { state, revision } = this.known.get(sessionId) ?? { state: sessionDecider.initialState, revision: -1 };
    const stored: StoredEvent[] = [];
    const stream = `${sessionDecider.events.category}-${sessionId}`;
    for await (const event of this.stores.events.readStream(stream, { from: revision + 1 })) stored.push(event);
    const last = stored.at(-1);
    if (!last) return state;
    const known = { state: fold(sessionDecider, await this.codec.decode(stored), state), revision: last.revision };
    this.known.set(sessionId, known);
    return known.state;
  }
}
