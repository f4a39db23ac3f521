import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '#lib/event-sourcing';
import type { Parked } from '#lib/read-models';
import type { Lag, Replay, SubscriptionState } from '#lib/subscriptions';
import { SessionProcess, type Asked } from '../platform/processes/session-process.js';
import { Subscriptions } from '../platform/subscriptions.js';

/** How long a rebuild may take to fail before it counts as begun. */
const earlyFailureMs = 3000;

type FollowerState = {
  readonly name: string;
  readonly kind: 'projection' | 'saga';
  readonly state: SubscriptionState;
  readonly position: number;
  readonly lag: Lag;
  readonly parked: number;
  readonly trouble: string | null;
};

type ParkedOf = Parked & { readonly id: string; readonly subscription: string };

type Work = {
  list(): Promise<readonly FollowerState[]>;
  rebuild(name: string): Promise<void>;
  parked(): readonly ParkedOf[];
  retry(subscription: string, position: number): Promise<Replay>;
  skip(subscription: string, position: number): Promise<Replay>;
};

/** The projections and sagas of the installation, which one process runs. Errors are those of `Subscriptions`. */
@Injectable()
export class Followers {
  readonly asked: Asked<Work>;

  constructor(
    private readonly subscriptions: Subscriptions,
    sessionProcess: SessionProcess,
  ) {
    this.asked = sessionProcess.offer<Work>('subscriptions', {
      list: () => this.list(),
      rebuild: (name) => this.rebuild(name),
      parked: () => this.parked(),
      retry: (subscription, position) => subscriptions.named(subscription).retry(position),
      skip: (subscription, position) => subscriptions.named(subscription).skip(position),
    });
  }

  private list(): Promise<readonly FollowerState[]> {
    const states = this.subscriptions.all().map(async (one) => ({
      name: one.name,
      kind: this.subscriptions.kindOf(one),
      state: one.state(),
      position: one.position(),
      lag: await one.lag(),
      parked: one.parked().length,
      trouble: one.trouble() ?? null,
    }));
    return Promise.all(states);
  }

  /** Resolves once it has begun. @throws {DomainError} `projection_not_found`, `event_corrupt` */
  private async rebuild(name: string): Promise<void> {
    const rebuilt = this.subscriptions.rebuild(name);
    const damage = await Promise.race([rebuilt, delay(earlyFailureMs, undefined, { ref: false })]);
    if (damage) throw new DomainError('conflict', 'event_corrupt', `${damage.message}. The old view is served`);
  }

  private parked(): readonly ParkedOf[] {
    return this.subscriptions
      .all()
      .flatMap((one) =>
        one.parked().map((parked) => ({ id: `${one.name}:${parked.position}`, subscription: one.name, ...parked })),
      );
  }
}
