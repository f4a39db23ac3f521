import { Inject, Injectable } from '@nestjs/common';
import type { EventCodec } from '#lib/event-sourcing';
import type { AnyCollection } from '#lib/read-models';
import { MemoryViewFollower, type Log, type MemoryView, type Tables } from '#lib/subscriptions';
import type { Stores } from '../stores.js';
import { CODEC, LOG, STORES, VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';
import { snapshotCollection, snapshotStore } from './snapshots.js';

/** A memory view while it follows the log. */
export type FollowedView<T extends Tables> = Pick<MemoryViewFollower<T>, 'tables' | 'reached' | 'caughtUp'>;

/** The memory views of this process: each is up to date before the service answers, and follows the log from then on. */
@Injectable()
export class MemoryViews {
  private readonly followers = new Map<string, MemoryViewFollower<Tables>>();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** To be called in a constructor. The tables are empty until the service has started. @throws {Error} two views have that name. */
  follow<T extends Tables>(view: MemoryView<T>): FollowedView<T> {
    if (this.followers.has(view.name)) throw new Error(`Two memory views are called ${view.name}`);
    const { events: store, models, viewsAreReadOnly } = this.stores;
    const stored = snapshotStore(models, this.vault.key);
    const snapshots = viewsAreReadOnly ? { ...stored, save: () => Promise.resolve() } : stored;
    const follower = new MemoryViewFollower(view, { store, codec: this.codec, snapshots, log: this.log });
    this.followers.set(view.name, follower as unknown as MemoryViewFollower<Tables>);
    return follower;
  }

  /** True once everything up to a position counts in all of them, in this process; false where that takes longer. */
  async reached(position: number, timeoutMs: number): Promise<boolean> {
    const followers = [...this.followers.values()];
    return (await Promise.all(followers.map((one) => one.reached(position, timeoutMs)))).every(Boolean);
  }

  /** What must be prepared in the read models before `start`. */
  collections(): readonly AnyCollection[] {
    return [...this.followers.keys()].map(snapshotCollection);
  }

  /** Resolves once everything up to `head` is in all of them. */
  async start(head: number): Promise<void> {
    await Promise.all([...this.followers.values()].map((follower) => follower.start(head)));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.followers.values()].map((follower) => follower.stop()));
  }
}
