import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { UserCaller } from './caller.js';
import { Limited } from './refusals.js';

const minuteSeconds = 60;

/** The rest of the requests of the current minute. */
export type RequestAllowance = { readonly limit: number; readonly remaining: number; readonly resetAfter: number };

/** Counts each user's requests per minute, with all keys together, in this process. */
@Injectable()
export class RateLimits {
  /** Limits differ by user, so they are compared here and not in the limiter. */
  private readonly counters = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: minuteSeconds });

  /** Counts one request and tells the caller what is left in the answer's headers. @throws {Limited} `rate_limited` */
  async spend({ userId, requestsPerMinute: limit }: UserCaller, reply: FastifyReply): Promise<void> {
    const { consumedPoints, msBeforeNext } = await this.counters.consume(userId);
    const resetAfter = Math.ceil(msBeforeNext / 1000);
    void reply.headers({
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - consumedPoints)),
      'x-ratelimit-reset': String(resetAfter),
    });
    if (consumedPoints > limit) {
      throw new Limited('rate_limited', `This user may make ${limit} requests per minute`, resetAfter);
    }
  }

  /** What is left to a user, without counting. */
  async left({ userId, requestsPerMinute: limit }: UserCaller): Promise<RequestAllowance> {
    const counted = await this.counters.get(userId);
    return {
      limit,
      remaining: Math.max(0, limit - (counted?.consumedPoints ?? 0)),
      resetAfter: Math.ceil((counted?.msBeforeNext ?? 0) / 1000),
    };
  }
}
