import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { upTo } from '../platform/growing-cache.js';
import { Limited } from '../platform/http/refusals.js';
import type { Stores } from '../platform/stores.js';
import { STORES } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import type { DailyAllowance } from './message.contract.js';
import { messages } from './messages.projection.js';

/** The daily quota is used up. */
export class DailyQuotaExceeded extends Limited {
  constructor(readonly allowance: DailyAllowance) {
    const detail = `${allowance.limit} messages a day are allowed, and they are used up`;
    super('daily_quota_exceeded', detail, allowance.resetAfter);
  }
}

/** `unknown`: the log may hold the message or not. */
export type QuotaOutcome = 'accepted' | 'not_accepted' | 'unknown';

/** A message that is counted already, while it is being accepted. */
type QuotaReservation = {
  /** Answers what is left. To be called once, whatever happens. */
  readonly settle: (outcome: QuotaOutcome) => DailyAllowance;
};

/** Whose quota, how much it is, and the time (ISO 8601) that says for which day (UTC) it counts. */
export type QuotaOfDay = { readonly userId: string; readonly limit: number; readonly at: string };

/** `used` counts the messages that were accepted and those that are reserved. */
type Day = { used: number; reserved: number; counted: Promise<void>; isUncertain: boolean };

const dayMs = 24 * 3600 * 1000;
const viewCatchUpTimeoutMs = 5000;
const maxDaysInMemory = 20_000;

/**
 * How many messages each user had accepted on a day. Counted in memory, because every message asks; what was accepted before this process
 * started, or is uncertain since a write failed, is counted in the view.
 */
@Injectable()
export class DailyQuota {
  private readonly days = new LRUCache<string, Day>(upTo(maxDaysInMemory));

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /** Counts a message that is about to be accepted. @throws {DailyQuotaExceeded} @throws {Transient} */
  async reserve(quota: QuotaOfDay): Promise<QuotaReservation> {
    const day = await this.dayOf(quota);
    if (day.used >= quota.limit) throw new DailyQuotaExceeded(allowanceOf(quota, day));
    day.used += 1;
    day.reserved += 1;
    return {
      settle: (outcome) => {
        day.reserved -= 1;
        if (outcome === 'not_accepted') day.used -= 1;
        if (outcome === 'unknown') day.isUncertain = true;
        return allowanceOf(quota, day);
      },
    };
  }

  /** @throws {Transient} */
  async allowance(quota: QuotaOfDay): Promise<DailyAllowance> {
    return allowanceOf(quota, await this.dayOf(quota));
  }

  private async dayOf({ userId, at }: QuotaOfDay): Promise<Day> {
    const date = at.slice(0, 10);
    const key = `${date} ${userId}`;
    const known = this.days.get(key);
    if (known && !(known.isUncertain && known.reserved === 0)) {
      await known.counted;
      return known;
    }
    const day: Day = { used: 0, reserved: 0, counted: Promise.resolve(), isUncertain: false };
    this.days.set(key, day);
    day.counted = this.count(day, userId, date);
    try {
      await day.counted;
    } catch (error) {
      if (this.days.get(key) === day) this.days.delete(key);
      throw error;
    }
    return day;
  }

  private async count(day: Day, userId: string, date: string): Promise<void> {
    await this.views.fresh(messages, viewCatchUpTimeoutMs);
    const createdAt = { gte: `${date}T00:00:00.000Z`, lte: `${date}T23:59:59.999Z` };
    day.used = await this.stores.models.count(messages, { userId, via: 'api', createdAt });
  }
}

const allowanceOf = ({ limit, at }: QuotaOfDay, { used }: Day): DailyAllowance => ({
  limit,
  remaining: Math.max(0, limit - used),
  resetAfter: Math.ceil((dayMs - (Date.parse(at) % dayMs)) / 1000),
});
