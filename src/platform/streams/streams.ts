import { Inject, Injectable } from '@nestjs/common';
import type { EventCodec, EventOf, EventTypes, Recorded } from '#lib/event-sourcing';
import type { StoredEvent } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import type { AnyDecider } from '../context-definition.js';
import type { Stores } from '../stores.js';
import { CODEC, LOG, STORES, VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';
import { CachedStreams, type StateOf, type StreamState } from './cached-streams.js';
import { FollowedStreams } from './followed-streams.js';
import { StateSnapshots } from './state-snapshots.js';

/** Reads single streams from the log itself, which no view is ahead of. */
@Injectable()
export class Streams {
  private readonly byDecider = new Map<AnyDecider, CachedStreams>();
  private readonly followed: FollowedStreams<AnyDecider>[] = [];

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * The state of a stream as the log has it now. Only what is new since the last call is read: the cache is the one that commands are
   * decided on. @throws {StoreUnavailable}
   */
  async state<D extends AnyDecider>(decider: D, id: string): Promise<StreamState<StateOf<D>>> {
    return (await this.of(decider).load(`${decider.events.category}-${id}`)) as StreamState<StateOf<D>>;
  }

  /**
   * The events of a stream that this version knows, in order: a damaged one that was passed over is left out. None where there is no such
   * stream. `from`: the first revision. @throws {StoreUnavailable} @throws {CorruptEvent}
   */
  async events<T extends EventTypes>(
    { category, types }: T,
    id: string,
    options: { readonly from?: number; readonly limit?: number } = {},
  ): Promise<readonly Recorded<EventOf<T>>[]> {
    const stored: StoredEvent[] = [];
    for await (const event of this.stores.events.readStream(`${category}-${id}`, options)) {
      if (Object.hasOwn(types, event.type)) stored.push(event);
    }
    return (await this.codec.decode(stored)) as readonly Recorded<EventOf<T>>[];
  }

  /** The streams of a decider with their states in memory. To be called in a constructor: they are followed once the service starts. */
  follow<D extends AnyDecider>(decider: D): FollowedStreams<D> {
    const context = { store: this.stores.events, codec: this.codec, log: this.log };
    const followed = new FollowedStreams(decider, this.of(decider), context);
    this.followed.push(followed as unknown as FollowedStreams<AnyDecider>);
    return followed;
  }

  /** Does not wait for anything. */
  start(): void {
    for (const one of this.followed) one.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.followed.map((one) => one.stop()));
  }

  /** The cached streams of a decider, for its command handler. */
  of(decider: AnyDecider): CachedStreams {
    const known = this.byDecider.get(decider) ?? this.open(decider);
    this.byDecider.set(decider, known);
    return known;
  }

  private open(decider: AnyDecider): CachedStreams {
    const snapshots =
      decider.snapshotVersion === undefined
        ? undefined
        : new StateSnapshots(decider, this.stores, this.vault.key, this.log);
    return new CachedStreams(decider, this.stores.events, this.codec, snapshots);
  }
}
