import { LRUCache } from 'lru-cache';
import { v7 as uuid } from 'uuid';
import { decide, fold, streamOf, type Command, type EventCodec, type Recorded } from '#lib/event-sourcing';
import { RevisionConflict, type EventStore, type NewEvent, type StoredEvent } from '#lib/event-store';
import { currentCause } from '../cause.js';
import type { AnyDecider } from '../context.js';

/** What a command led to. */
export type Outcome = {
  /** How many events were appended: 0 where all was done already. */
  readonly events: number;
  /** The last event of the stream stands here: a view that has come so far shows what the command did. */
  readonly position: number;
};

type Loaded = { readonly state: unknown; readonly revision: number; readonly position: number };

const attempts = 20;
const pageSize = 500;

/**
 * Does the commands of a decider: load, fold, decide, append, and all again where another writer was faster.
 * Reads only what is new since it last saw the stream.
 * @throws {DomainError} the command is not allowed. @throws {StoreUnavailable} nothing is known to be recorded.
 */
export const commandHandler = (
  decider: AnyDecider,
  store: EventStore,
  codec: EventCodec,
): ((command: Command) => Promise<Outcome>) => {
  const known = new LRUCache<string, Loaded>({ max: 10_000 });

  const load = async (stream: string): Promise<Loaded> => {
    let loaded: Loaded = known.get(stream) ?? { state: decider.initialState, revision: -1, position: 0 };
    let page: StoredEvent[] = [];
    const take = async () => {
      const events: readonly Recorded[] = await codec.decode(page);
      const last = events.at(-1);
      if (last)
        loaded = { state: fold(decider, events, loaded.state), revision: last.revision, position: last.position };
      page = [];
    };
    for await (const event of store.readStream(stream, { from: loaded.revision + 1 })) {
      page.push(event);
      if (page.length === pageSize) await take();
    }
    await take();
    known.set(stream, loaded);
    return loaded;
  };

  const attempt = async (stream: string, command: Command): Promise<Outcome> => {
    const { state, revision, position } = await load(stream);
    const decided = decide(decider, command, state);
    if (decided.length === 0) return { events: 0, position };
    const { correlationId, causationId, actor } = currentCause();
    const events = (await codec.encode(decided)).map(({ type, data, schemaVersion }): NewEvent => ({
      id: uuid(),
      type,
      data,
      metadata: { correlationId, causationId, actor, schemaVersion },
    }));
    const appended = await store.append({ stream, expected: revision < 0 ? 'no_stream' : revision, events });
    return { events: events.length, position: appended.position };
  };

  return async (command) => {
    const stream = streamOf(decider, command);
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(stream, command);
      } catch (error) {
        if (!(error instanceof RevisionConflict) || tries === attempts) throw error;
      }
    }
  };
};
