import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Permit } from '../http/permit.js';
import { problem } from '../http/problem.js';
import { Answers } from '../openapi/answers.js';
import { Live, Ready } from './health.schemas.js';
import { Parts } from './parts.js';

/** For monitoring: is the service alive, and can it take work? */
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly parts: Parts) {}

  @Get('live')
  @Permit('public', { isUncounted: true })
  @ApiOperation({ summary: 'Is the service alive?' })
  @Answers(200, 'It is alive', Live)
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @Permit('public', { isUncounted: true })
  @ApiOperation({ summary: 'Can the service take work? Scripts wait for this.' })
  @Answers(200, 'It is ready', Ready)
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const all = await this.parts.all();
    const parts = Object.fromEntries(
      all.map(({ name, status, detail }) => [name, { status, ...(detail !== undefined && { detail }) }]),
    );
    const down = all.filter(({ status }) => status === 'down');
    if (down.length === 0) return void reply.send({ status: 'ready', parts });
    const detail = down.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
    void reply
      .status(503)
      .type('application/problem+json')
      .header('retry-after', '5')
      .send({ ...problem({ status: 503, code: 'not_ready', detail }, reply.request.id), parts });
  }
}
