import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Replay } from '#lib/subscriptions';
import { Permit } from '../platform/http/permit.js';
import { Answers, Refuses } from '../platform/openapi/answers.js';
import { Followers as FollowersOfLog } from './followers.js';
import { ByName, ByParked, Followers, ParkedEvents, Replayed } from './subscriptions.schemas.js';

const projectionNotFound = { status: 404, code: 'projection_not_found', detail: 'No projection is called that' };
const corrupt = {
  status: 409,
  code: 'event_corrupt',
  detail: 'Event 17 is corrupt: its checksum does not match. The old view is served',
};
const notParked = { status: 404, code: 'not_parked', detail: 'messages has no parked event at 4711' };

/** Projections and sagas: their progress, and the events that they could not handle. */
@ApiTags('Record')
@Controller('v1/admin')
export class SubscriptionsController {
  constructor(private readonly followers: FollowersOfLog) {}

  @Get('projections')
  @Permit('admin:read')
  @ApiOperation({ summary: 'List projections and sagas with their progress' })
  @Answers(200, 'All projections and sagas', Followers)
  async list(): Promise<z.input<typeof Followers>> {
    return { data: [...(await this.followers.asked.list())], next: null };
  }

  @Post('projections/:name/rebuild')
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Rebuild a view from the log, beside the one that is served' })
  @Answers(202, 'It is being rebuilt: its progress is in the list')
  @Refuses(projectionNotFound, corrupt)
  async rebuild(@Param({ schema: ByName }) { name }: z.output<typeof ByName>): Promise<void> {
    await this.followers.asked.rebuild(name);
  }

  @Get('parked')
  @Permit('admin:read')
  @ApiOperation({ summary: 'List the events that could not be handled' })
  @Answers(200, 'All parked events', ParkedEvents)
  async parked(): Promise<z.input<typeof ParkedEvents>> {
    return { data: [...(await this.followers.asked.parked())], next: null };
  }

  @Post('parked/:id/retry')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Retry a parked event, and then those that wait behind it' })
  @Answers(200, 'The outcome', Replayed)
  @Refuses(notParked)
  retry(@Param({ schema: ByParked }) { id }: z.output<typeof ByParked>): Promise<Replay> {
    return this.followers.asked.retry(id.subscription, id.position);
  }

  @Post('parked/:id/skip')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Skip a parked event, and handle those that wait behind it' })
  @Answers(200, 'The outcome for those that wait behind it', Replayed)
  @Refuses(notParked)
  skip(@Param({ schema: ByParked }) { id }: z.output<typeof ByParked>): Promise<Replay> {
    return this.followers.asked.skip(id.subscription, id.position);
  }
}
