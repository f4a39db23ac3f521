import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { ProfileService } from '../profile.service.js';
import { Profile, ProfileChange } from './profile.schemas.js';
import { asking, refusals, RefusesAboutAccount } from './refusals.js';

type Shown = z.output<typeof Profile>;

/** What the account of a session shows of itself. */
@ApiTags('Sessions')
@Controller('v1/sessions/:id/profile')
export class ProfileController {
  constructor(private readonly profiles: ProfileService) {}

  @Get()
  @Permit('sessions:read')
  @ApiOperation({ summary: 'Get the profile of the account: WhatsApp is asked' })
  @Answers(200, 'The profile', Profile)
  @RefusesAboutAccount()
  get(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: sessionId }: z.output<typeof ById>,
  ): Promise<Shown> {
    return asking(() => this.profiles.find({ sessionId, userId }, context));
  }

  @Patch()
  @Permit('sessions:write')
  @ApiOperation({
    summary: 'Change the name, the text about the account, or its picture',
    description: 'One after the other: where WhatsApp refuses one, those before it are changed.',
  })
  @Answers(200, 'The profile as it is now', Profile)
  @RefusesAboutAccount()
  @Refuses(refusals.refused, refusals.mediaNotFound, refusals.mediaTypeRefused)
  change(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: sessionId }: z.output<typeof ById>,
    @Body({ schema: ProfileChange }) change: z.output<typeof ProfileChange>,
  ): Promise<Shown> {
    return asking(() => this.profiles.change({ sessionId, userId }, change, context));
  }
}
