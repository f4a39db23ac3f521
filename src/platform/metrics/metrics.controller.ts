import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#config';
import { DomainError } from '#lib/event-sourcing';
import { Permit } from '../http/permit.js';
import { RateLimits } from '../http/rate-limits.js';
import { Unauthenticated } from '../http/refusals.js';
import { Refuses } from '../openapi/answers.js';
import { CONFIG } from '../tokens.js';
import { Metrics } from './metrics.js';
import { readerOf } from './metrics-reader.js';

/** The format in which Prometheus reads. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

const restricted = {
  status: 403,
  code: 'metrics_restricted',
  detail: 'Metrics are for this machine alone, unless WAYBILL_METRICS_TOKEN is set',
} as const;
const unauthorized = { status: 401, code: 'unauthorized', detail: 'The token of metrics is missing or wrong' } as const;

@ApiTags('Health')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly rates: RateLimits,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Permit('public', { isUncounted: true })
  @ApiOperation({
    summary: 'Figures for Prometheus',
    description:
      'With `Authorization: Bearer` and the token that the operator has set (`WAYBILL_METRICS_TOKEN`); where there is none, from the same machine alone. ' +
      'They name no user, number or message.',
  })
  @ApiResponse({
    status: 200,
    description: 'In the text format of Prometheus',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @Refuses(unauthorized, restricted)
  async read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    await this.admit(request, reply);
    void reply.type(contentType).header('cache-control', 'no-store');
    return this.metrics.read();
  }

  /** @throws {Unauthenticated | DomainError | Limited} */
  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { ip: address, headers } = request;
    const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
    const asking = { address, isForwarded, authorization: headers.authorization };
    const reader = readerOf(asking, this.config.WAYBILL_METRICS_TOKEN);
    if (reader === 'allowed') return;
    if (reader === 'elsewhere') throw new DomainError('forbidden', restricted.code, restricted.detail);
    await this.rates.spendRejected(request, reply);
    throw new Unauthenticated(unauthorized.detail);
  }
}
