import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { retrying, usualRetry } from '#lib/async';
import type { Damage } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import { followRepairs, passOver, repairsStream, type Repair } from './log-repairs.js';
import type { Stores } from './stores.js';
import { Subscriptions } from './subscriptions.js';
import { LOG, STORES } from './tokens.js';

/** A damaged event, and who decided to go on without it. */
export type DamagedEvent = Damage & {
  readonly passedOver: { readonly reason: string; readonly by: string; readonly at: string } | null;
};

type PassedOver = Damage & { readonly reason: string; readonly passedOverAt: string };

/** The damaged events of the log, and how to go on without them. */
@Injectable()
export class DamagedLog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscriptions: Subscriptions,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.following = this.follow();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** Those that reads have met since the start, and all that are passed over. By position. */
  async list(): Promise<readonly DamagedEvent[]> {
    const { events } = this.stores;
    const found: DamagedEvent[] = events.damaged().map((damage) => ({ ...damage, passedOver: null }));
    for await (const { data, metadata } of events.readStream(repairsStream)) {
      const { position, problem, reason, passedOverAt: at } = data as PassedOver;
      found.push({ position, problem, passedOver: { reason, by: `${metadata.actor.kind} ${metadata.actor.id}`, at } });
    }
    return found.sort((a, b) => a.position - b.position);
  }

  /** Everything that could not read the event goes on at once. @throws {DomainError} `event_not_corrupt` */
  async passOver(repair: Repair): Promise<void> {
    await passOver(this.stores.events, repair);
    await this.subscriptions.goOn();
  }

  /** Another process on the same log may be the one where it is decided. */
  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await retrying(() => followRepairs(this.stores.events, () => this.subscriptions.goOn(), signal), {
        policy: usualRetry,
        signal,
        again: (error) => {
          this.log.warn({ err: error }, 'Cannot follow which damaged events are to be skipped; it is tried again');
          return true;
        },
      });
    } catch {
      // the service stops
    }
  }
}
