import { LRUCache } from 'lru-cache';
import { fold, type CommandResult, type Decider, type Event, type EventCodec } from '#lib/event-sourcing';
import type { EventStore, NewEvent, StoredEvent } from '#lib/event-store';
import { newId } from '#lib/ids';
import type { CommandContext } from '../command-context.js';
import type { AnyDecider } from '../context-definition.js';
import { upTo } from '../growing-cache.js';
import type { StateSnapshots } from './state-snapshots.js';

/** What is known of a stream. */
export type StreamState<S = unknown> = {
  readonly state: S;
  /** Of its last event; -1 where there is none. */
  readonly revision: number;
  readonly position: number;
  /** The last event: what is recorded because of it names it as its cause. */
  readonly last: { readonly id: string; readonly correlationId: string } | null;
};

// oxlint-disable-next-line typescript/no-explicit-any
export type StateOf<D extends AnyDecider> = D extends Decider<any, any, infer S> ? S : never;

const maxCachedStreams = 10_000;
const pageSize = 500;

/** The streams of one decider, with the states of those that were used last in memory. */
export class CachedStreams {
  private readonly cache = new LRUCache<string, StreamState>(upTo(maxCachedStreams));
  private readonly empty: StreamState;

  constructor(
    private readonly decider: AnyDecider,
    private readonly store: EventStore,
    private readonly codec: EventCodec,
    private readonly snapshots?: StateSnapshots,
  ) {
    this.empty = { state: decider.initialState, revision: -1, position: 0, last: null };
  }

  /** What is known without a look into the log: it may be out of date. */
  known(stream: string): StreamState {
    return this.cache.get(stream) ?? this.empty;
  }

  /** Reads what is new in a stream since it was seen last. */
  async load(stream: string): Promise<StreamState> {
    const begin = this.cache.get(stream) ?? (await this.snapshots?.load(stream)) ?? this.empty;
    let loaded = begin;
    let page: StoredEvent[] = [];
    const foldPage = async () => {
      const events = await this.codec.decode(page);
      const last = events.at(-1);
      if (last) {
        const { revision, position, id, metadata } = last;
        const state = fold(this.decider, events, loaded.state);
        loaded = { state, revision, position, last: { id, correlationId: metadata.correlationId } };
      }
      page = [];
    };
    for await (const event of this.store.readStream(stream, { from: loaded.revision + 1 })) {
      page.push(event);
      if (page.length === pageSize) await foldPage();
    }
    await foldPage();
    if (loaded.revision >= 0) this.cache.set(stream, loaded);
    await this.snapshots?.saveIfWorthIt(stream, loaded, begin.revision);
    return loaded;
  }

  /** Appends what was decided on a state. @throws {RevisionConflict} the stream has moved on. @throws {StoreUnavailable} */
  async append(
    stream: string,
    { state, revision }: StreamState,
    decided: readonly Event[],
    { correlationId, causationId, actor }: CommandContext,
  ): Promise<CommandResult> {
    const events = (await this.codec.encode(decided)).map(({ type, data, schemaVersion }): NewEvent => ({
      id: newId(),
      type,
      data,
      metadata: { correlationId, causationId, actor, schemaVersion },
    }));
    const appended = await this.store.append({ stream, expected: revision < 0 ? 'no_stream' : revision, events });
    const last = { id: events.at(-1)!.id, correlationId };
    this.cache.set(stream, { state: fold(this.decider, decided, state), ...appended, last });
    return { events: events.length, position: appended.position };
  }
}
