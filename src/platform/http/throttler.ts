import { Injectable, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestCounters } from '#lib/request-counters';
import { COUNTERS } from '../tokens.js';
import { Limited } from './refusals.js';

const minuteMs = 60_000;

/** Whose requests are counted, and how many may come in a minute. */
export type Throttled = {
  readonly name: string;
  readonly tracker: string;
  readonly limit: number;
  /** Whether an answer tells what is left where it is not a refusal. */
  readonly setHeaders?: boolean;
};

/** The key under which they are counted. */
export const counterKey = ({ name, tracker }: Pick<Throttled, 'name' | 'tracker'>): string => `${name}:${tracker}`;

/** What the guard below is made with. Limits differ by caller: each request says its own. */
export const throttlerModule = (): DynamicModule =>
  ThrottlerModule.forRootAsync({
    inject: [COUNTERS],
    useFactory: (storage: RequestCounters) => ({ throttlers: [{ ttl: minuteMs, limit: 0 }], storage }),
  });

/**
 * The guard of @nestjs/throttler, asked before the body of a request is read: guards run after that. Its storage is `RequestCounters`.
 */
@Injectable()
export class Throttler extends ThrottlerGuard {
  /** Counts one request, and tells in the answer's headers what is left. @throws {Limited} `rate_limited` @throws {CountersUnavailable} */
  async count(
    request: FastifyRequest,
    reply: FastifyReply,
    { name, tracker, limit, setHeaders = true }: Throttled,
  ): Promise<void> {
    await this.handleRequest({
      context: new ExecutionContextHost([request, reply]),
      limit,
      ttl: minuteMs,
      blockDuration: 0, // an exhausted window is refused to its end
      throttler: { name: 'default', ttl: minuteMs, limit, setHeaders },
      getTracker: () => tracker,
      generateKey: () => counterKey({ name, tracker }),
    });
  }

  /** The guard sets the headers of an admitted request alone, and `Retry-After`, which every problem has from its error. */
  protected override throwThrottlingException(
    context: ExecutionContext,
    { limit, timeToExpire }: Parameters<ThrottlerGuard['throwThrottlingException']>[1],
  ): Promise<void> {
    const { res } = this.getRequestResponse(context);
    this.setResponseHeader(res, `${this.headerPrefix}-Limit`, limit);
    this.setResponseHeader(res, `${this.headerPrefix}-Remaining`, 0);
    this.setResponseHeader(res, `${this.headerPrefix}-Reset`, timeToExpire);
    throw new Limited('rate_limited', `${limit} requests per minute are allowed`, timeToExpire);
  }
}
