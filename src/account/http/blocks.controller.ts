import { Body, Controller, Delete, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { BlocksService } from '../blocks.service.js';
import { BlockedPerson, BlockList, OfSession, ToBlock } from './blocks.schemas.js';
import { asking, refusals, RefusesAboutAccount } from './refusals.js';

/** Whom the account of a session blocks. */
@ApiTags('Blocks')
@Controller('v1/blocks')
export class BlocksController {
  constructor(private readonly blocks: BlocksService) {}

  @Get()
  @Permit('chats:write')
  @ApiOperation({ summary: 'List whom the account blocks: WhatsApp is asked' })
  @Answers(200, 'Those who are blocked', BlockList)
  @RefusesAboutAccount()
  @Refuses(refusals.sessionRequired)
  async list(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: OfSession }) { sessionId }: z.output<typeof OfSession>,
  ): Promise<z.output<typeof BlockList>> {
    const blocked = await asking(() => this.blocks.list({ userId, sessionId }, context));
    return { data: blocked.map(({ phoneNumber, lid }) => ({ phoneNumber, lid })), next: null };
  }

  @Put()
  @Permit('chats:write')
  @ApiOperation({ summary: 'Block somebody: what they write does not arrive, and they do not hear of it' })
  @Answers(200, 'Who is blocked now', BlockedPerson)
  @RefusesAboutAccount()
  @Refuses(refusals.sessionRequired, refusals.invalidRecipient, refusals.notOnWhatsApp, refusals.refused)
  block(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: ToBlock }) { sessionId, number }: z.output<typeof ToBlock>,
  ): Promise<z.output<typeof BlockedPerson>> {
    return asking(() => this.blocks.block({ userId, sessionId }, number, context));
  }

  @Delete()
  @HttpCode(204)
  @Permit('chats:write')
  @ApiOperation({ summary: 'Unblock somebody' })
  @Answers(204, 'Not blocked any more')
  @RefusesAboutAccount()
  @Refuses(refusals.sessionRequired, refusals.invalidRecipient, refusals.refused)
  unblock(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: ToBlock }) { sessionId, number }: z.output<typeof ToBlock>,
  ): Promise<void> {
    return asking(() => this.blocks.unblock({ userId, sessionId }, number, context));
  }
}
