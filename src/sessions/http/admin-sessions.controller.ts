import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Located, Refuses } from '../../platform/openapi/answers.js';
import { SessionService } from '../session.service.js';
import type { SessionPage, SessionView } from '../session-view.contract.js';
import { refusals } from './refusals.js';
import { AdminSessionFilter, Session, Sessions } from './sessions.schemas.js';

type Id = z.output<typeof ById>;

/** Sessions across users. */
@ApiTags('Sessions of all users')
@Controller('v1/admin/sessions')
export class AdminSessionsController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: 'List the sessions of all users' })
  @Answers(200, 'A page of sessions', Sessions)
  list(
    @Context() context: CommandContext,
    @Query({ schema: AdminSessionFilter }) filter: z.output<typeof AdminSessionFilter>,
  ): Promise<SessionPage> {
    const { userId, status, limit, cursor } = filter;
    return this.sessions.list(context, {
      limit,
      ...(userId !== undefined && { userId }),
      ...(status && { status }),
      ...(cursor !== undefined && { cursor }),
    });
  }

  @Get(':id')
  @Permit('admin:read')
  @ApiOperation({ summary: 'Get a session of any user' })
  @Answers(200, 'The session', Session)
  @Refuses(refusals.sessionNotFound)
  get(@Context() context: CommandContext, @Param({ schema: ById }) { id }: Id): Promise<SessionView> {
    return this.sessions.find(context, id);
  }

  @Post(':id/restart')
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Start a session again on a new connection' })
  @Answers(202, 'The session, which is being started', Session)
  @Located()
  @Refuses(refusals.sessionNotFound, refusals.userInactive, refusals.restoredCopy)
  async restart(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return located(await this.sessions.change(context, 'RestartSession', id), reply);
  }

  @Post(':id/stop')
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Disconnect a session and keep its link to the phone' })
  @Answers(202, 'The session, which is being stopped', Session)
  @Located()
  @Refuses(refusals.sessionNotFound)
  async stop(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return located(await this.sessions.change(context, 'StopSession', id), reply);
  }

  @Post(':id/logout')
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Remove the link of a session to its phone' })
  @Answers(202, 'The session, which is being unlinked', Session)
  @Located()
  @Refuses(refusals.sessionNotFound)
  async logout(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return located(await this.sessions.change(context, 'LogOutSession', id), reply);
  }
}

const located = (session: SessionView, reply: FastifyReply): SessionView => {
  void reply.header('location', `/v1/admin/sessions/${session.id}`);
  return session;
};
