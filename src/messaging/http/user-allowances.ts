import { Injectable } from '@nestjs/common';
import { unlimited, type GetUser } from '../../identity/user.contract.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { RateLimits } from '../../platform/http/rate-limits.js';
import { allowanceOf, Quotas, type Limit } from '../quota/quotas.js';
import { Senders } from '../senders/senders.js';
import type { Allowance, Left } from './limits.schemas.js';

/** What a user may use, and what is left of it. */
@Injectable()
export class UserAllowances {
  constructor(
    private readonly queries: QueryBus,
    private readonly rates: RateLimits,
    private readonly quotas: Quotas,
    private readonly senders: Senders,
  ) {}

  /** @throws {DomainError} `user_not_found` @throws {Transient} */
  async of(context: CommandContext, userId: string): Promise<Allowance> {
    const { limits, timeZone } = await this.queries.execute<GetUser>({ type: 'GetUser', data: { userId } }, context);
    const at = new Date().toISOString();
    const used = async (of: 'day' | 'people' | 'minute', sessionId = ''): Promise<Left> =>
      leftOf(await this.quotas.usedOf(of, { userId, sessionId, at }), at);
    const counted = limits.maxMessagesPerMinute < unlimited ? this.senders.sessionsOf(userId) : [];
    const [requests, messages, recipients, messagesPerMinute] = await Promise.all([
      this.rates.left({ userId, requestsPerMinute: limits.requestsPerMinute }),
      used('day'),
      used('people'),
      Promise.all(counted.map(async (sessionId) => ({ sessionId, ...(await used('minute', sessionId)) }))),
    ]);
    const { limit, remaining, resetAfter } = requests;
    const resetsAt = new Date(Date.parse(at) + resetAfter * 1000).toISOString();
    return {
      limits,
      timeZone,
      requests: { limit, used: limit - remaining, remaining, resetAfter, resetsAt },
      messages,
      recipients,
      messagesPerMinute,
    };
  }
}

const leftOf = (limit: Limit, at: string): Left => ({
  ...allowanceOf(limit, limit.used, at),
  used: limit.used,
  resetsAt: limit.to,
});
