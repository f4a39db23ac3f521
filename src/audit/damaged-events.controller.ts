import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CommandContext } from '../platform/command-context.js';
import { DamagedLog, type DamagedEvent } from '../platform/damaged-log.js';
import { Context } from '../platform/http/caller.js';
import { Permit } from '../platform/http/permit.js';
import { Answers, Refuses } from '../platform/openapi/answers.js';
import { ByPosition, DamagedEvents, PassOver } from './damaged-events.schemas.js';

const notCorrupt = {
  status: 422,
  code: 'event_not_corrupt',
  detail: 'Event 4711 is not corrupt, or is passed over already',
};

/** Events of the log that were damaged on the disk. */
@ApiTags('Record')
@Controller('v1/admin/damaged-events')
export class DamagedEventsController {
  constructor(private readonly log: DamagedLog) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: 'List the events that are damaged on the disk' })
  @Answers(200, 'Those that were met since the start, and those that are passed over', DamagedEvents)
  async list(): Promise<{ readonly data: readonly DamagedEvent[]; readonly next: null }> {
    return { data: await this.log.list(), next: null };
  }

  @Post(':position/pass-over')
  @HttpCode(204)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Go on without a damaged event: who decided that, and why, is on record' })
  @Answers(204, 'Everything that waited for it goes on')
  @Refuses(notCorrupt)
  async passOver(
    @Context() context: CommandContext,
    @Param({ schema: ByPosition }) { position }: z.output<typeof ByPosition>,
    @Body({ schema: PassOver }) { reason }: z.output<typeof PassOver>,
  ): Promise<void> {
    await this.log.passOver({ position, reason, actor: context.actor });
  }
}
