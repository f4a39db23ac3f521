import { Inject, Injectable } from '@nestjs/common';
import { Limited } from '../platform/http/refusals.js';
import type { Stores } from '../platform/stores.js';
import { STORES } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import type { Allowance } from './message.contract.js';
import { messages } from './messages.projection.js';

/** A day (UTC) of a user. `used` counts what was accepted, and what is about to be. */
type Day = { readonly date: string; used: number; pending: number; counting: Promise<void>; isDoubtful: boolean };

const dayLength = 24 * 3600 * 1000;
const viewCatchUpTimeoutMs = 5000;

/**
 * How many messages each user had accepted today. Counted in memory, as every message asks; what was accepted before this process began, or
 * what is doubtful since a write failed, is counted in the view.
 */
@Injectable()
export class DailyQuota {
  private readonly days = new Map<string, Day>();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /**
   * Accepts one message of a user, or refuses it. `accept` answers whether it was a new one. `at` (ISO 8601) is when it is accepted;
   * `tell` hears what is left, whether it is refused or not.
   * @throws {Limited} `daily_quota_exceeded`: nothing was accepted.
   */
  async spend(
    { userId, limit, at }: { readonly userId: string; readonly limit: number; readonly at: string },
    tell: (allowance: Allowance) => void,
    accept: () => Promise<boolean>,
  ): Promise<void> {
    const day = await this.dayOf(userId, at.slice(0, 10));
    const resetAfter = Math.ceil((dayLength - (Date.parse(at) % dayLength)) / 1000);
    const left = (): Allowance => ({ limit, remaining: Math.max(0, limit - day.used), resetAfter });
    if (day.used >= limit) {
      tell(left());
      const detail = `${limit} messages a day are allowed, and they are used up`;
      throw new Limited('daily_quota_exceeded', detail, resetAfter);
    }
    day.used += 1;
    day.pending += 1;
    try {
      if (!(await accept())) day.used -= 1;
    } catch (error) {
      day.isDoubtful = true; // whether it was accepted, the log knows
      throw error;
    } finally {
      day.pending -= 1;
      tell(left());
    }
  }

  private async dayOf(userId: string, date: string): Promise<Day> {
    const known = this.days.get(userId);
    if (known?.date === date && !(known.isDoubtful && known.pending === 0)) {
      await known.counting;
      return known;
    }
    const day: Day = { date, used: 0, pending: 0, counting: Promise.resolve(), isDoubtful: false };
    this.days.set(userId, day);
    day.counting = this.count(day, userId);
    try {
      await day.counting;
    } catch (error) {
      if (this.days.get(userId) === day) this.days.delete(userId);
      throw error;
    }
    return day;
  }

  private async count(day: Day, userId: string): Promise<void> {
    await this.views.fresh(messages, viewCatchUpTimeoutMs);
    const createdAt = { gte: `${day.date}T00:00:00.000Z`, lte: `${day.date}T23:59:59.999Z` };
    day.used = await this.stores.models.count(messages, { userId, via: 'api', createdAt });
  }
}
