import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Permit } from '../http/permit.js';
import { problem } from '../http/problem.js';
import { Answers } from '../openapi/answers.js';
import type { RequestCounters } from '#lib/request-counters';
import type { Stores } from '../stores.js';
import { Subscriptions } from '../subscriptions.js';
import { COUNTERS, STORES } from '../tokens.js';
import { Live, Ready } from './health.schemas.js';

type Part = { readonly status: 'up' | 'down'; readonly detail?: string };

/** For monitoring: is the service alive, and can it take work? */
@ApiTags('Health')
@Permit('public')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscriptions: Subscriptions,
    @Inject(COUNTERS) private readonly counters: RequestCounters,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Is the service alive?' })
  @Answers(200, 'It is alive', Live)
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Can the service take work? Scripts wait for this.' })
  @Answers(200, 'It is ready', Ready)
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const requestCounters = await this.counters.health();
    const parts = {
      eventStore: this.withDamage(await part(() => this.stores.events.ready())),
      readModels: await part(() => this.stores.models.ready()),
      sagaProgress: await part(() => this.stores.sagaProgress.ready()),
      subscriptions: this.subscriptionsPart(),
      ...(requestCounters && { requestCounters }),
    };
    const down = Object.entries<Part>(parts).filter(([, { status }]) => status === 'down');
    if (down.length === 0) return void reply.send({ status: 'ready', parts });
    const detail = down.map(([name, { detail }]) => `${name}: ${detail}`).join('; ');
    void reply
      .status(503)
      .type('application/problem+json')
      .header('retry-after', '5')
      .send({ ...problem({ status: 503, code: 'not_ready', detail }, reply.request.id), parts });
  }

  /** A damaged event keeps nothing but its readers from working: the store is up. */
  private withDamage(store: Part): Part {
    const damaged = this.stores.events.damaged();
    if (store.status === 'down' || damaged.length === 0) return store;
    const detail = damaged.map(({ position, problem }) => `Event ${position} is corrupt: ${problem}`).join('; ');
    return { status: 'up', detail };
  }

  private subscriptionsPart(): Part {
    const behind = this.subscriptions.behind();
    if (behind.length === 0) return { status: 'up' };
    const detail = behind.map((one) => `${one.name}: ${one.trouble() ?? 'catching up'}`).join(', ');
    return { status: 'down', detail };
  }
}

const part = async (check: () => Promise<void>): Promise<Part> => {
  try {
    await check();
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', detail: error instanceof Error ? error.message : String(error) };
  }
};
