import { Inject, Injectable } from '@nestjs/common';
import type { Damage } from '#lib/event-store';
import { passOver, repairsStream, type Repair } from './log-repairs.js';
import type { Stores } from './stores.js';
import { Subscriptions } from './subscriptions.js';
import { STORES } from './tokens.js';

/** A damaged event, and who decided to go on without it. */
export type DamagedEvent = Damage & {
  readonly passedOver: { readonly reason: string; readonly by: string; readonly at: string } | null;
};

type PassedOver = Damage & { readonly reason: string; readonly passedOverAt: string };

/** The damaged events of the log, and how to go on without them. */
@Injectable()
export class DamagedLog {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscriptions: Subscriptions,
  ) {}

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
}
