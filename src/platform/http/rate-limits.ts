import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#config';
import { pause } from '#lib/async';
import type { RequestCounters } from '#lib/request-counters';
import { CONFIG, COUNTERS } from '../tokens.js';
import type { UserCaller } from './caller.js';
import { clientOf } from './ip.rules.js';
import { counterKey, Throttler, type Throttled } from './throttler.js';

/** The rest of the requests of the current minute. */
export type RequestAllowance = { readonly limit: number; readonly remaining: number; readonly resetAfter: number };

/** From this share of an address's limit on, wrong credentials are answered late. */
const slowedShare = 1 / 5;
const slowedMs = 20;

/** Limits each user's requests per minute, with all keys together, and those of each address while it is not known who calls. */
@Injectable()
export class RateLimits {
  constructor(
    @Inject(COUNTERS) private readonly counters: RequestCounters,
    @Inject(CONFIG) private readonly config: Config,
    private readonly throttler: Throttler,
  ) {}

  /** Counts one request and tells the caller what is left in the answer's headers. @throws {Limited} `rate_limited` @throws {CountersUnavailable} */
  spend(caller: UserCaller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.throttler.count(request, reply, ofUser(caller));
  }

  /** Counts one request of an unknown caller, by address. Throws as `spend` does. */
  spendUnknown(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.throttler.count(request, reply, this.ofAddress(request));
  }

  /** The same for one with wrong credentials: where there were many, it also takes longer. */
  async spendRejected(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const address = this.ofAddress(request);
    await this.throttler.count(request, reply, { ...address, setHeaders: false });
    const { totalHits } = await this.counters.counted(counterKey(address));
    if (totalHits > address.limit * slowedShare) await pause(slowedMs);
  }

  /** What is left to a user, without counting. @throws {CountersUnavailable} */
  async left(caller: Counted): Promise<RequestAllowance> {
    const { limit, ...user } = ofUser(caller);
    const { totalHits, timeToExpire } = await this.counters.counted(counterKey(user));
    return { limit, remaining: Math.max(0, limit - totalHits), resetAfter: timeToExpire };
  }

  private ofAddress({ ip }: FastifyRequest): Throttled {
    return { name: 'address', tracker: clientOf(ip), limit: this.config.WAYBILL_HTTP_UNKNOWN_PER_MINUTE };
  }
}

type Counted = Pick<UserCaller, 'userId' | 'requestsPerMinute'>;

const ofUser = ({ userId, requestsPerMinute: limit }: Counted): Throttled => ({
  name: 'user',
  tracker: userId,
  limit,
});
