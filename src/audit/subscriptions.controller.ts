import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { DomainError } from '#lib/event-sourcing';
import type { Parked } from '#lib/read-models';
import type { Replay } from '#lib/subscriptions';
import { Permit } from '../platform/http/permit.js';
import { Answers, Refuses } from '../platform/openapi/answers.js';
import { Subscriptions } from '../platform/subscriptions.js';
import { ByName, ByParked, Followers, ParkedEvents, Replayed } from './subscriptions.schemas.js';

const projectionNotFound = { status: 404, code: 'projection_not_found', detail: 'No projection is called that' };
const corrupt = {
  status: 409,
  code: 'event_corrupt',
  detail: 'Event 17 is corrupt: its checksum does not match. The old view is served',
};
/** How long a rebuild may take to fail before it counts as begun. */
const earlyFailureMs = 3000;
const notParked = { status: 404, code: 'not_parked', detail: 'messages has no parked event at 4711' };

/** Projections and sagas: their progress, and the events that they could not handle. */
@ApiTags('Record')
@Controller('v1/admin')
export class SubscriptionsController {
  constructor(private readonly subscriptions: Subscriptions) {}

  @Get('projections')
  @Permit('admin:read')
  @ApiOperation({ summary: 'List projections and sagas with their progress' })
  @Answers(200, 'All projections and sagas', Followers)
  async list(): Promise<z.input<typeof Followers>> {
    const data = await Promise.all(
      this.subscriptions.all().map(async (one) => ({
        name: one.name,
        kind: this.subscriptions.kindOf(one),
        state: one.state(),
        position: one.position(),
        lag: await one.lag(),
        parked: one.parked().length,
        trouble: one.trouble() ?? null,
      })),
    );
    return { data, next: null };
  }

  @Post('projections/:name/rebuild')
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Rebuild a view from the log, beside the one that is served' })
  @Answers(202, 'It is being rebuilt: its progress is in the list')
  @Refuses(projectionNotFound, corrupt)
  async rebuild(@Param({ schema: ByName }) { name }: z.output<typeof ByName>): Promise<void> {
    const rebuilt = this.subscriptions.rebuild(name);
    const damage = await Promise.race([rebuilt, delay(earlyFailureMs, undefined, { ref: false })]);
    if (damage) throw new DomainError('conflict', corrupt.code, `${damage.message}. The old view is served`);
  }

  @Get('parked')
  @Permit('admin:read')
  @ApiOperation({ summary: 'List the events that could not be handled' })
  @Answers(200, 'All parked events', ParkedEvents)
  parked(): { readonly data: readonly (Parked & { readonly id: string })[]; readonly next: null } {
    const data = this.subscriptions
      .all()
      .flatMap((one) =>
        one.parked().map((parked) => ({ id: `${one.name}:${parked.position}`, subscription: one.name, ...parked })),
      );
    return { data, next: null };
  }

  @Post('parked/:id/retry')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Retry a parked event, and then those that wait behind it' })
  @Answers(200, 'The outcome', Replayed)
  @Refuses(notParked)
  retry(@Param({ schema: ByParked }) { id }: z.output<typeof ByParked>): Promise<Replay> {
    return this.subscriptions.named(id.subscription).retry(id.position);
  }

  @Post('parked/:id/skip')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Skip a parked event, and handle those that wait behind it' })
  @Answers(200, 'The outcome for those that wait behind it', Replayed)
  @Refuses(notParked)
  skip(@Param({ schema: ByParked }) { id }: z.output<typeof ByParked>): Promise<Replay> {
    return this.subscriptions.named(id.subscription).skip(id.position);
  }
}
