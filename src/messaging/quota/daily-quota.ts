import { Inject, Injectable } from '@nestjs/common';
import { Limited } from '../../platform/http/refusals.js';
import type { Stores } from '../../platform/stores.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import type { DailyAllowance } from '../message.contract.js';
import { messages } from '../messages.projection.js';
import { Senders } from '../senders/senders.js';
import { Days, type Day } from './days.js';
import { givenBackSaga } from './given-back.saga.js';
import type { CountUpTo, Period } from './period-count.rules.js';
import { UserUse, type Outcome } from './user-use.js';

/** The daily quota is used up. */
export class DailyQuotaExceeded extends Limited {
  constructor(readonly allowance: DailyAllowance) {
    const detail = `${allowance.limit} messages a day are allowed, and they are used up`;
    super('daily_quota_exceeded', detail, allowance.resetAfter);
  }
}

/** A message that is counted already, while it is being accepted. */
type QuotaReservation = {
  /** Answers what is left. To be called once, whatever happens. */
  readonly settle: (outcome: Outcome) => DailyAllowance;
};

/** Who sends, and the time (ISO 8601) that says for which day it counts. */
export type QuotaOf = { readonly userId: string; readonly at: string };

const viewCatchUpTimeoutMs = 5000;
const beforeRefusalTimeoutMs = 2000;
const maxIdleUsers = 20_000;

/** How many messages each user had accepted on a day of their time zone, and may still. */
@Injectable()
export class DailyQuota {
  private readonly uses = new Map<string, UserUse>();
  private readonly days = new Days();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    private readonly subscriptions: Subscriptions,
    private readonly senders: Senders,
  ) {}

  /** Counts a message that is about to be accepted. @throws {DailyQuotaExceeded} @throws {Transient} */
  async reserve(quota: QuotaOf): Promise<QuotaReservation> {
    const reserved = await this.take(quota);
    if (!('exceeds' in reserved)) return reserved;
    await this.catchUp();
    const again = await this.take(quota); // a refusal is only ever what the log says at the moment
    if ('exceeds' in again) throw new DailyQuotaExceeded(again.exceeds);
    return again;
  }

  /** @throws {Transient} */
  async allowance({ userId, at }: QuotaOf): Promise<DailyAllowance> {
    const day = this.dayOf({ userId, at });
    const used = await this.useOf(userId).used(day);
    return this.allowanceOf({ userId, at }, day, used());
  }

  /** A message that was accepted at `at` certainly never leaves; `position`: of the event that says so. May be told again, in the same order. */
  giveBack({ userId, at, position }: QuotaOf & { readonly position: number }): void {
    this.uses.get(userId)?.giveBack(at, position);
  }

  private async take(quota: QuotaOf): Promise<QuotaReservation | { readonly exceeds: DailyAllowance }> {
    const day = this.dayOf(quota);
    const use = this.useOf(quota.userId);
    const used = await use.used(day);
    // From here to the reservation, nothing may happen in between.
    if (used() >= this.limitOf(quota.userId)) return { exceeds: this.allowanceOf(quota, day, used()) };
    const settle = use.reserve(quota.at);
    return {
      settle: (outcome) => {
        settle(outcome);
        return this.allowanceOf(quota, day, used());
      },
    };
  }

  /** A message may have been given back, or the limit raised, a moment ago. */
  private async catchUp(): Promise<void> {
    const head = await this.stores.events.head();
    const given = this.subscriptions.named(givenBackSaga.name).reached(head, beforeRefusalTimeoutMs);
    await Promise.all([given, this.senders.reached(head, beforeRefusalTimeoutMs)]);
  }

  private dayOf({ userId, at }: QuotaOf): Day {
    return this.days.of(this.senders.user(userId).timeZone, at);
  }

  private limitOf(userId: string): number {
    return this.senders.user(userId).maxMessagesPerDay;
  }

  private allowanceOf({ userId, at }: QuotaOf, day: Day, used: number): DailyAllowance {
    const limit = this.limitOf(userId);
    const resetAfter = Math.ceil((Date.parse(day.to) - Date.parse(at)) / 1000);
    return { limit, remaining: Math.max(0, limit - used), resetAfter };
  }

  private useOf(userId: string): UserUse {
    const use = this.uses.get(userId) ?? new UserUse((period) => this.count(userId, period));
    this.uses.delete(userId);
    this.uses.set(userId, use); // the last one that is asked for
    if (this.uses.size > maxIdleUsers) this.forgetOne();
    return use;
  }

  private forgetOne(): void {
    for (const [userId, use] of this.uses) if (use.isIdle) return void this.uses.delete(userId);
  }

  private async count(userId: string, { from, to }: Period): Promise<CountUpTo> {
    const position = await this.stores.events.head();
    await this.views.fresh(messages, viewCatchUpTimeoutMs);
    const accepted = { userId, via: 'api', createdAt: { gte: from, lt: to }, position: { lte: position } } as const;
    const { models } = this.stores;
    const all = await models.count(messages, accepted);
    const givenBack = await models.count(messages, { ...accepted, givenBackPosition: { lte: position } });
    return { count: all - givenBack, position };
  }
}
