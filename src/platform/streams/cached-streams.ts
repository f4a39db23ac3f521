import { LRUCache } from 'lru-cache';
import {
  fold,
  type CommandResult,
  type Decider,
  type Event,
  type EventCodec,
  type Recorded,
} from '#lib/event-sourcing';
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

export const maxCachedStreams = 10_000;
const pageSize = 500;
/** After so many, what is in memory may be further behind than what is stored. */
const maxEventsAfterCached = 1000;

/** The streams of one decider, with the states of those that were used last in memory. */
export class CachedStreams {
  private readonly cache = new LRUCache<string, StreamState>(upTo(maxCachedStreams));
  private readonly empty: StreamState;
  /** By stream, who reads or appends at the moment. */
  private readonly underWay = new Map<string, Set<Watch>>();
  /** By stream, who reads much of it at the moment. */
  private readonly longReads = new Map<string, Promise<StreamState>>();
  private isFollowed = false;

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

  /** The same, but undefined where nothing is known, not even that the stream is empty. */
  cached(stream: string): StreamState | undefined {
    return this.cache.get(stream);
  }

  /** From now on, `note` is told of every event that is recorded: what is in memory stays up to date. What was read before is forgotten. */
  follow(): void {
    this.isFollowed = true;
    this.cache.clear();
    for (const watches of this.underWay.values()) for (const watch of watches) watch.noted = Infinity;
  }

  /** Takes in an event that somebody has recorded, here or elsewhere. */
  note(event: Recorded): void {
    const { stream, revision, position, id, metadata } = event;
    for (const watch of this.underWay.get(stream) ?? []) watch.noted = Math.max(watch.noted, revision);
    const cached = this.cache.peek(stream);
    if (!cached || revision <= cached.revision) return;
    if (revision > cached.revision + 1) return void this.cache.delete(stream);
    const state = fold(this.decider, [event], cached.state);
    this.set(stream, { state, revision, position, last: { id, correlationId: metadata.correlationId } });
  }

  /** Reads what is new in a stream since it was seen last. */
  load(stream: string): Promise<StreamState> {
    return this.watching(stream, async (watch) => {
      const loaded = await this.read(stream);
      this.keep(stream, loaded, watch);
      return loaded;
    });
  }

  private async read(stream: string): Promise<StreamState> {
    const known = this.cache.get(stream);
    const near = known && (await this.readOn(stream, known, maxEventsAfterCached));
    if (near && near.revision - known.revision < maxEventsAfterCached) return near;
    const other = this.longReads.get(stream);
    if (other) return this.readOn(stream, await other); // what was recorded since it began counts as well
    const reading = this.readFar(stream, near ?? this.empty);
    this.longReads.set(stream, reading);
    try {
      return await reading;
    } finally {
      this.longReads.delete(stream);
    }
  }

  private async readFar(stream: string, known: StreamState): Promise<StreamState> {
    const stored = await this.snapshots?.load(stream);
    return this.readOn(stream, stored && stored.revision > known.revision ? stored : known);
  }

  private async readOn(stream: string, known: StreamState, limit?: number): Promise<StreamState> {
    let loaded = known;
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
    for await (const event of this.store.readStream(stream, { from: known.revision + 1, ...(limit && { limit }) })) {
      page.push(event);
      if (page.length === pageSize) await foldPage();
    }
    await foldPage();
    return loaded;
  }

  /** Appends what was decided on a state. @throws {RevisionConflict} the stream has moved on. @throws {StoreUnavailable} */
  append(
    stream: string,
    { state, revision }: StreamState,
    decided: readonly Event[],
    { correlationId, causationId, actor }: CommandContext,
  ): Promise<CommandResult> {
    return this.watching(stream, async (watch) => {
      const events = (await this.codec.encode(decided)).map(({ type, data, schemaVersion }): NewEvent => ({
        id: newId(),
        type,
        data,
        metadata: { correlationId, causationId, actor, schemaVersion },
      }));
      const appended = await this.store.append({ stream, expected: revision < 0 ? 'no_stream' : revision, events });
      const last = { id: events.at(-1)!.id, correlationId };
      this.keep(stream, { state: fold(this.decider, decided, state), ...appended, last }, watch);
      return { events: events.length, position: appended.position };
    });
  }

  /** What was noted meanwhile may be newer than the result. */
  private keep(stream: string, found: StreamState, { noted }: Watch): void {
    if (noted > found.revision) this.cache.delete(stream);
    else if (found.revision >= 0 || this.isFollowed) this.set(stream, found);
  }

  private set(stream: string, state: StreamState): void {
    this.cache.set(stream, state);
    this.snapshots?.saveIfWorthIt(stream, state);
  }

  private async watching<Result>(stream: string, work: (watch: Watch) => Promise<Result>): Promise<Result> {
    const watch: Watch = { noted: -1 };
    const watches = this.underWay.get(stream) ?? new Set();
    this.underWay.set(stream, watches.add(watch));
    try {
      return await work(watch);
    } finally {
      watches.delete(watch);
      if (watches.size === 0) this.underWay.delete(stream);
    }
  }
}

/** The last revision that was noted while something was under way. */
type Watch = { noted: number };
