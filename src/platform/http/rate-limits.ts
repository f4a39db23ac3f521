import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { RequestCounters } from '#lib/request-counters';
import { COUNTERS } from '../tokens.js';
import type { UserCaller } from './caller.js';
import { Limited } from './refusals.js';

/** The rest of the requests of the current minute. */
export type RequestAllowance = { readonly limit: number; readonly remaining: number; readonly resetAfter: number };

/** Limits each user's requests per minute, with all keys together. */
@Injectable()
export class RateLimits {
  constructor(@Inject(COUNTERS) private readonly counters: RequestCounters) {}

  /** Counts one request and tells the caller what is left in the answer's headers. @throws {Limited} `rate_limited` @throws {CountersUnavailable} */
  async spend({ userId, requestsPerMinute: limit }: UserCaller, reply: FastifyReply): Promise<void> {
    const { count, msBeforeNext } = await this.counters.count(userId);
    const resetAfter = Math.ceil(msBeforeNext / 1000);
    void reply.headers({
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - count)),
      'x-ratelimit-reset': String(resetAfter),
    });
    if (count > limit) {
      throw new Limited('rate_limited', `This user may make ${limit} requests per minute`, resetAfter);
    }
  }

  /** What is left to a user, without counting. @throws {CountersUnavailable} */
  async left({ userId, requestsPerMinute: limit }: UserCaller): Promise<RequestAllowance> {
    const { count, msBeforeNext } = await this.counters.counted(userId);
    return { limit, remaining: Math.max(0, limit - count), resetAfter: Math.ceil(msBeforeNext / 1000) };
  }
}
