import { LRUCache } from 'lru-cache';
import {
  decide,
  DomainError,
  fold,
  streamOf,
  type Command,
  type Event,
  type EventCodec,
  type Recorded,
} from '#lib/event-sourcing';
import { RevisionConflict, type EventStore, type NewEvent, type StoredEvent } from '#lib/event-store';
import { newId } from '#lib/ids';
import type { CommandContext } from '../command-context.js';
import type { AnyDecider } from '../context-definition.js';
import { upTo } from '../growing-cache.js';

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
 * Does the commands of a decider: decide, append, and all again, from what the log says, where another writer was faster.
 * @throws {DomainError} the command is not allowed. @throws {StoreUnavailable} nothing is known to be recorded.
 */
export const commandHandler = (
  decider: AnyDecider,
  store: EventStore,
  codec: EventCodec,
): ((command: Command, context: CommandContext) => Promise<Outcome>) => {
  const known = new LRUCache<string, Loaded>(upTo(10_000));

  /** What is new in a stream since it was seen last, folded into what is known of it. */
  const load = async (stream: string): Promise<Loaded> => {
    let loaded = known.get(stream) ?? unseen(decider);
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

  const append = async (
    stream: string,
    { state, revision }: Loaded,
    decided: readonly Event[],
    { correlationId, causationId, actor }: CommandContext,
  ): Promise<Outcome> => {
    const events = (await codec.encode(decided)).map(({ type, data, schemaVersion }): NewEvent => ({
      id: newId(),
      type,
      data,
      metadata: { correlationId, causationId, actor, schemaVersion },
    }));
    const appended = await store.append({ stream, expected: revision < 0 ? 'no_stream' : revision, events });
    known.set(stream, { state: fold(decider, decided, state), ...appended });
    return { events: events.length, position: appended.position };
  };

  /**
   * Most commands meet a stream that is new, or as it was left here: so they are decided on that without a look into the log, and the
   * expected revision tells where it was not so. What is not allowed, or done already, is said of the log itself only.
   */
  const attemptUnseen = async (
    stream: string,
    command: Command,
    context: CommandContext,
  ): Promise<Outcome | undefined> => {
    const loaded = known.get(stream) ?? unseen(decider);
    const decided = decideIfAllowed(decider, command, loaded.state);
    if (decided.length === 0) return undefined;
    try {
      return await append(stream, loaded, decided, context);
    } catch (error) {
      if (error instanceof RevisionConflict) return undefined;
      throw error;
    }
  };

  const attempt = async (stream: string, command: Command, context: CommandContext): Promise<Outcome> => {
    const loaded = await load(stream);
    const decided = decide(decider, command, loaded.state);
    return decided.length === 0 ? { events: 0, position: loaded.position } : append(stream, loaded, decided, context);
  };

  return async (command, context) => {
    const stream = streamOf(decider, command);
    const outcome = await attemptUnseen(stream, command, context);
    if (outcome) return outcome;
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(stream, command, context);
      } catch (error) {
        if (!(error instanceof RevisionConflict) || tries === attempts) throw error;
      }
    }
  };
};

const unseen = ({ initialState }: AnyDecider): Loaded => ({ state: initialState, revision: -1, position: 0 });

const decideIfAllowed = (decider: AnyDecider, command: Command, state: unknown): readonly Event[] => {
  try {
    return decide(decider, command, state);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};
