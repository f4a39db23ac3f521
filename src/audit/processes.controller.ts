import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Permit } from '../platform/http/permit.js';
import { Answers } from '../platform/openapi/answers.js';
import { Processes } from '../platform/processes/processes.js';
import { RunningProcesses } from './processes.schemas.js';

/** The processes that the service consists of. */
@ApiTags('Record')
@Controller('v1/admin/processes')
export class ProcessesController {
  constructor(private readonly processes: Processes) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({
    summary: 'List the processes of the service, and what each does',
    description:
      'One of them has the sessions, and does the work that follows from the log. One that was killed is listed for up to 15 seconds.',
  })
  @Answers(200, 'All processes, in the order of their starts', RunningProcesses)
  async list(): Promise<z.input<typeof RunningProcesses>> {
    const known = await this.processes.list();
    return { data: known.map(({ roles, ...process }) => ({ ...process, roles: [...roles] })), next: null };
  }
}
