import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { RequestLog } from '../platform/request-log/request-log.js';
import { LOG } from '../platform/tokens.js';
import { requestSums, requestsBy, withRequests, type ReportedUsage } from './requests.rules.js';
import type { GetUsage, Usage } from './usage.contract.js';

/** What was used: counted from the log of events, with the requests, which the log of requests counts. */
@Injectable()
export class UsageReport {
  constructor(
    private readonly queries: QueryBus,
    private readonly requests: RequestLog,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @throws {DomainError} `unknown_time_zone`, `period_invalid`, `period_too_long` */
  async get(asked: GetUsage['data'], context: CommandContext): Promise<ReportedUsage> {
    const usage = await this.queries.execute<GetUsage>({ type: 'GetUsage', data: asked }, context);
    return withRequests(usage, asked.groupBy, await this.counted(usage, asked));
  }

  /** Undefined while they cannot be read: all other figures are told. */
  private async counted({ from, to }: Usage, { userId, sessionId, groupBy, timeZone }: GetUsage['data']) {
    const sums = requestSums(groupBy, timeZone);
    if (sessionId !== undefined) return sums; // requests belong to no session
    try {
      const by = requestsBy(groupBy);
      for await (const sum of this.requests.sums({ ...(userId !== undefined && { userId }), from, to, by }))
        sums.add(sum);
      return sums;
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      this.log.warn({ err: error }, 'Usage is told without the requests: they cannot be counted');
      return undefined;
    }
  }
}
