import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CommandBus } from '../bus/command-bus.js';
import type { CommandContext } from '../command-context.js';
import { Context } from '../http/caller.js';
import { Permit } from '../http/permit.js';
import { Answers, Refuses } from '../openapi/answers.js';
import { Streams } from '../streams/streams.js';
import { presentRestoration } from './present.js';
import type { ResumeService } from './restoration.commands.js';
import { restorationDecider, restorationId } from './restoration.decider.js';
import { ResumeSystem, RestoredCopy } from './resume.schemas.js';

const refusals = [
  {
    status: 409,
    code: 'not_restored',
    detail: 'This service was not restored from a backup: nothing waits',
  },
  { status: 409, code: 'resumed_already', detail: 'It was decided already: send what waits' },
] as const;

/** An admin's word to a copy that was restored from a backup. */
@ApiTags('Backups')
@Controller('v1/admin/system/resume')
export class ResumeController {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {}

  @Post()
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({
    summary: 'Let a restored copy go on',
    description:
      'A copy that was restored from a backup neither connects its sessions nor sends anything: the original may still run, and has sent ' +
      'meanwhile what waits here. Make sure that the original is gone first.',
  })
  @Answers(202, 'What the copy is, and what was decided', RestoredCopy)
  @Refuses(...refusals)
  async resume(
    @Context() context: CommandContext,
    @Body({ schema: ResumeSystem }) { queued }: z.output<typeof ResumeSystem>,
  ): Promise<z.output<typeof RestoredCopy> | null> {
    const command: ResumeService = { type: 'ResumeService', data: { queued, at: new Date().toISOString() } };
    await this.commands.execute(command, context);
    return presentRestoration((await this.streams.state(restorationDecider, restorationId)).state);
  }
}
