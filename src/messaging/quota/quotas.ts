import { Inject, Injectable } from '@nestjs/common';
import { unlimited } from '../../identity/user.contract.js';
import { Limited } from '../../platform/http/refusals.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import type { DailyAllowance } from '../message.contract.js';
import type { SenderUser } from '../senders/senders-view.js';
import { Senders } from '../senders/senders.js';
import { Days, minuteOf, type Day } from './days.js';
import { FilePlaces } from './file-places.js';
import type { Draw, Ledger, Taken, Used } from './ledger.js';
import { QuotaNews } from './quota-news.js';
import type { Outcome } from './user-use.js';

/** The daily quota is used up. */
export class DailyQuotaExceeded extends Limited {
  constructor(readonly allowance: DailyAllowance) {
    const detail = `${allowance.limit} messages a day are allowed, and they are used up`;
    super('daily_quota_exceeded', detail, allowance.resetAfter);
  }
}

/** Injects the `Ledger`. */
export const LEDGER = Symbol('ledger of quotas');

/** Who sends, from where, and the time (ISO 8601) that says for which day and minute it counts. */
export type QuotaOf = {
  readonly userId: string;
  readonly sessionId: string;
  readonly at: string;
  /** The chat of a person in which there is no message yet; null: there is one, or it does not matter. */
  readonly opensChat: string | null;
};

/** A message that is counted already, while it is being accepted. */
type QuotaReservation = {
  /** Answers what is left of the day. To be called once, whatever happens. */
  readonly settle: (outcome: Outcome) => DailyAllowance;
};

/** A limit, what is used of it, and when it begins anew. */
export type Limit = { readonly limit: number; readonly used: number; readonly from: string; readonly to: string };

const beforeRefusalTimeoutMs = 2000;

/** How much users may send on a day of their time zone, from a session in a minute, and to how many new people: decided for every message. */
@Injectable()
export class Quotas {
  private readonly days = new Days();
  private readonly places: FilePlaces;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly senders: Senders,
    private readonly news: QuotaNews,
  ) {
    this.places = new FilePlaces(ledger);
  }

  /** Counts a message that is about to be accepted. @throws {Limited} @throws {Transient} */
  async reserve(quota: QuotaOf): Promise<QuotaReservation> {
    const first = await this.take(quota);
    if (!('refusal' in first)) return first;
    await this.catchUp();
    const again = await this.take(quota); // a refusal is only ever what the log says at the moment
    if (!('refusal' in again)) return again;
    throw again.refusal;
  }

  /**
   * Does what makes the file of a message ready and ends with it accepted or not: in this process, for no more at a time than are left of the limits.
   * What `reserve` would refuse now is refused before that. Resolves or rejects as `work` does. `quotaOf` says what the message counts for at the
   * moment, and `heldBytes` how much stays in memory until `work` begins. @throws {Limited} @throws {Transient}
   */
  async withPlace<Answer>(
    quotaOf: () => Promise<QuotaOf>,
    heldBytes: number,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    for (;;) {
      const quota = await quotaOf();
      const giveBack = await this.places.take(quota.userId, this.drawsOf(quota), quota.at, heldBytes);
      if (!giveBack) {
        await this.assertLeft(await quotaOf());
        continue;
      }
      try {
        return await work();
      } finally {
        giveBack();
      }
    }
  }

  /** What is left of the day. @throws {Transient} */
  async allowance({ userId, at }: Pick<QuotaOf, 'userId' | 'at'>): Promise<DailyAllowance> {
    const day = await this.usedOf('day', { userId, sessionId: '', at });
    return allowanceOf(day, day.used, at);
  }

  /** What is used of a limit. `sessionId` says of which one, where it is about a minute. @throws {Transient} */
  async usedOf(of: Draw['of'], quota: Pick<QuotaOf, 'userId' | 'sessionId' | 'at'>): Promise<Limit> {
    const draw = this.draw(of, quota);
    const { used } = await this.ledger.used(draw);
    return { limit: draw.limit, used, from: draw.period.from, to: draw.period.to };
  }

  private async assertLeft(quota: QuotaOf): Promise<void> {
    await this.catchUp();
    const refused = await this.ledger.look(this.drawsOf(quota), quota.at);
    if (refused) throw this.refusalOf(quota, refused.usedUp, refused.used);
  }

  private async take(quota: QuotaOf): Promise<QuotaReservation | { readonly refusal: Limited }> {
    const draws = this.drawsOf(quota);
    const taken = await this.ledger.take(draws, quota.at);
    if ('usedUp' in taken) return { refusal: this.refusalOf(quota, taken.usedUp, taken.used) };
    return { settle: (outcome) => this.settle(quota, draws, taken, outcome) };
  }

  private settle(quota: QuotaOf, [day]: readonly Draw[], taken: Taken, outcome: Outcome): DailyAllowance {
    taken.settle(outcome);
    const [{ accepted, used } = nothing] = taken.used();
    const { limit, period } = day ?? this.draw('day', quota);
    if (outcome.is === 'accepted') this.news.note({ limit, used: accepted, period: this.dayOf(quota), ...quota });
    return allowanceOf({ limit, to: period.to }, used, quota.at);
  }

  private refusalOf(quota: QuotaOf, { of, limit, period }: Draw, used: number): Limited {
    const allowance = allowanceOf({ limit, to: period.to }, used, quota.at);
    if (of === 'minute') {
      const detail = `${limit} messages a minute are allowed for each session`;
      return new Limited('messages_per_minute_exceeded', detail, allowance.resetAfter);
    }
    if (of === 'people') {
      const detail = `You may write to ${limit} new people a day, and have done so`;
      return new Limited('daily_recipients_exceeded', detail, allowance.resetAfter);
    }
    this.news.note({ ...quota, limit, used, period: this.dayOf(quota) });
    return new DailyQuotaExceeded(allowance);
  }

  /** The first one is that of the day. A limit that nobody set takes no counting. */
  private drawsOf(quota: QuotaOf): readonly Draw[] {
    const { maxMessagesPerMinute, maxRecipientsPerDay } = this.senders.user(quota.userId);
    return [
      this.draw('day', quota),
      ...(maxMessagesPerMinute < unlimited ? [this.draw('minute', quota)] : []),
      ...(maxRecipientsPerDay < unlimited && quota.opensChat !== null
        ? [{ ...this.draw('people', quota), chatId: quota.opensChat }]
        : []),
    ];
  }

  private draw(of: Draw['of'], { userId, sessionId, at }: Pick<QuotaOf, 'userId' | 'sessionId' | 'at'>): Draw {
    const period = of === 'minute' ? minuteOf(at) : this.dayOf({ userId, at });
    return { of, userId, sessionId, period, limit: limitOf(this.senders.user(userId), of) };
  }

  private dayOf({ userId, at }: Pick<QuotaOf, 'userId' | 'at'>): Day {
    return this.days.of(this.senders.user(userId).timeZone, at);
  }

  /** A message may have been given back, or the limit raised, a moment ago. */
  private async catchUp(): Promise<void> {
    const head = await this.stores.events.head();
    await Promise.all([this.ledger.reached(head), this.senders.reached(head, beforeRefusalTimeoutMs)]);
  }
}

const nothing: Used = { accepted: 0, used: 0 };

const limitOf = (user: SenderUser, of: Draw['of']): number => {
  if (of === 'minute') return user.maxMessagesPerMinute;
  return of === 'people' ? user.maxRecipientsPerDay : user.maxMessagesPerDay;
};

/** What is left of a limit of which so much is used. */
export const allowanceOf = ({ limit, to }: Pick<Limit, 'limit' | 'to'>, used: number, at: string): DailyAllowance => ({
  limit,
  remaining: Math.max(0, limit - used),
  resetAfter: Math.ceil((Date.parse(to) - Date.parse(at)) / 1000),
});
