import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Located, Refuses } from '../../platform/openapi/answers.js';
import { Documents } from '../../platform/views/documents.js';
import { SessionService } from '../session.service.js';
import { shownSession } from '../session-document.rules.js';
import type { SessionPage, SessionView } from '../session-view.contract.js';
import type { ConfigureSession, CreateSession, DeleteSession } from '../session.contract.js';
import { sessionDocuments } from '../sessions.projection.js';
import { SessionProxies } from '../whatsapp/session-proxies.js';
import { toE164 } from './fields.js';
import { refusals } from './refusals.js';
import { NewSession, Session, SessionChange, SessionFilter, Sessions } from './sessions.schemas.js';

type Id = z.output<typeof ById>;

@ApiTags('Sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly sessions: SessionService,
    private readonly documents: Documents,
    private readonly proxies: SessionProxies,
  ) {}

  @Post()
  @HttpCode(202)
  @Permit('sessions:write')
  @ApiOperation({ summary: 'Start a session: it shows a QR or a pairing code soon after' })
  @Answers(202, 'The session, which is being started', Session)
  @Refuses(refusals.limitReached, refusals.serviceFull)
  async create(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: NewSession }) { name, pairing, phoneNumber, settings, metadata }: z.output<typeof NewSession>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    const number = phoneNumber === undefined ? null : toE164(phoneNumber);
    const request = { userId, name: name ?? null, pairing, phoneNumber: number };
    const make = async (sessionId: string): Promise<SessionView> => {
      const { proxy, ...asked } = settings ?? {};
      const data = {
        ...request,
        sessionId,
        ...(proxy !== undefined && { proxy: this.sealed(sessionId, proxy) }),
        ...(Object.keys(asked).length > 0 && { settings: asked }),
        ...(metadata && { metadata }),
      };
      await this.commands.execute<CreateSession>({ type: 'CreateSession', data }, context);
      return shownSession(await this.documents.created(sessionDocuments, sessionId));
    };
    const first = async (sessionId: string): Promise<SessionView | undefined> => {
      const document = await this.documents.first(sessionDocuments, sessionId);
      return document && shownSession(document);
    };
    return located(await createOnce({ make, first }), reply);
  }

  @Get()
  @Permit('sessions:read')
  @ApiOperation({ summary: 'List your sessions' })
  @Answers(200, 'A page of sessions', Sessions)
  list(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: SessionFilter }) { status, limit, cursor }: z.output<typeof SessionFilter>,
  ): Promise<SessionPage> {
    return this.sessions.list(context, {
      userId,
      limit,
      ...(status && { status }),
      ...(cursor !== undefined && { cursor }),
    });
  }

  @Get(':id')
  @Permit('sessions:read')
  @ApiOperation({ summary: 'Get a session' })
  @Answers(200, 'The session', Session)
  @Refuses(refusals.sessionNotFound)
  get(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<SessionView> {
    return this.sessions.find(context, id, userId);
  }

  @Patch(':id')
  @Permit('sessions:write')
  @ApiOperation({ summary: 'Change the name, the settings or the metadata of a session' })
  @Answers(200, 'The session as it is now', Session)
  @Refuses(refusals.sessionNotFound)
  async change(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Body({ schema: SessionChange }) change: z.output<typeof SessionChange>,
  ): Promise<SessionView> {
    await this.configure(context, id, userId, change);
    return this.sessions.find(context, id, userId);
  }

  @Post(':id/restart')
  @HttpCode(202)
  @Permit('sessions:write')
  @ApiOperation({ summary: 'Start a session again on a new connection: one that is not linked shows a new QR or code' })
  @Answers(202, 'The session, which is being started', Session)
  @Located()
  @Refuses(refusals.sessionNotFound, refusals.restoredCopy)
  async restart(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return located(await this.sessions.change(context, 'RestartSession', id, userId), reply);
  }

  @Post(':id/stop')
  @HttpCode(202)
  @Permit('sessions:write')
  @ApiOperation({ summary: 'Disconnect a session and keep its link to the phone' })
  @Answers(202, 'The session, which is being stopped', Session)
  @Located()
  @Refuses(refusals.sessionNotFound)
  async stop(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return located(await this.sessions.change(context, 'StopSession', id, userId), reply);
  }

  @Post(':id/logout')
  @HttpCode(202)
  @Permit('sessions:write')
  @ApiOperation({ summary: 'Remove the link to the phone; the session can be linked again' })
  @Answers(202, 'The session, which is being unlinked', Session)
  @Located()
  @Refuses(refusals.sessionNotFound)
  async logout(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return located(await this.sessions.change(context, 'LogOutSession', id, userId), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @Permit('sessions:write')
  @ApiOperation({ summary: 'Delete a session with its link and its credentials' })
  @Answers(204, 'Deleted')
  @Refuses(refusals.sessionNotFound)
  async delete(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<void> {
    await this.sessions.find(context, id, userId);
    const data = { sessionId: id, userId, at: new Date().toISOString() };
    await this.commands.execute<DeleteSession>({ type: 'DeleteSession', data }, context);
  }

  private async configure(
    context: CommandContext,
    sessionId: string,
    userId: string,
    { settings, ...change }: z.output<typeof SessionChange>,
  ): Promise<void> {
    const { proxy, ...others } = settings ?? {};
    const sealed = proxy === undefined ? {} : { proxy: this.sealed(sessionId, proxy) };
    const data = {
      ...change,
      ...(settings && { settings: others }),
      ...sealed,
      sessionId,
      userId,
      at: new Date().toISOString(),
    };
    await this.commands.execute<ConfigureSession>({ type: 'ConfigureSession', data }, context);
  }

  private sealed(sessionId: string, proxy: string | null): string | null {
    return proxy === null ? null : this.proxies.seal(sessionId, proxy);
  }
}

const located = (session: SessionView, reply: FastifyReply): SessionView => {
  void reply.header('location', `/v1/sessions/${session.id}`);
  return session;
};
