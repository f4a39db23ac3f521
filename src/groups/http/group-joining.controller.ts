import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { GroupsService } from '../groups.service.js';
import { MemberChanges } from '../member-changes.js';
import { Places } from '../places.js';
import {
  AnsweredRequests,
  Invite,
  inviteCodeOf,
  Joined,
  Joining,
  JoinRequestAnswers,
  JoinRequests,
} from './groups.schemas.js';
import { present } from './present.js';
import { asking, refusals, RefusesAboutGroup, refuse } from './refusals.js';

type Id = z.output<typeof ById>;

/** How people come into groups by themselves: invite links, and requests to join. */
@ApiTags('Groups')
@Controller('v1/groups')
export class GroupJoiningController {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    private readonly groups: GroupsService,
    private readonly members: MemberChanges,
    private readonly places: Places,
  ) {}

  @Get(':id/invite')
  @Permit('chats:read')
  @ApiOperation({ summary: 'Get the invite link of a group' })
  @Answers(200, 'The link', Invite)
  @RefusesAboutGroup()
  invite(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<z.output<typeof Invite>> {
    return this.inviteOf(context, userId, id, false);
  }

  @Post(':id/invite')
  @HttpCode(200)
  @Permit('chats:write')
  @ApiOperation({ summary: 'Renew the invite link of a group: the former one ends' })
  @Answers(200, 'The new link', Invite)
  @RefusesAboutGroup()
  renewInvite(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<z.output<typeof Invite>> {
    return this.inviteOf(context, userId, id, true);
  }

  @Post('join')
  @HttpCode(200)
  @Permit('chats:write')
  @ApiOperation({ summary: 'Join a group by an invite link, or ask to' })
  @Answers(200, 'Whether the account is in the group now, or an admin has to approve', Joined)
  @Refuses(refusals.sessionNotFound, refusals.sessionRequired, refusals.notConnected, refusals.notAllowed)
  @Refuses(refusals.inviteNotValid, refusals.refused, refusals.slowedDown, refusals.noAnswer)
  async join(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: Joining }) { sessionId, invite }: z.output<typeof Joining>,
  ): Promise<z.output<typeof Joined>> {
    const join = async () => {
      const place = await this.places.of(context, userId, sessionId);
      return this.groups.join(place, inviteCodeOf(invite), context);
    };
    const group = await asking(join, refuse('refused', refusals.inviteNotValid));
    return group ? { status: 'joined', group: present(group) } : { status: 'approval_pending', group: null };
  }

  @Get(':id/requests')
  @Permit('chats:read')
  @ApiOperation({ summary: 'List who asks to join a group' })
  @Answers(200, 'Those who ask', JoinRequests)
  @RefusesAboutGroup()
  async requests(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<z.output<typeof JoinRequests>> {
    const { sessionId, chat } = await this.groups.findJoined(context, userId, id);
    const requests = await asking(() => this.messenger.groups.joinRequests(sessionId, chat));
    return requests.map(({ phoneNumber, lid, askedAt }) => ({ phoneNumber, lid, askedAt }));
  }

  @Post(':id/requests')
  @HttpCode(200)
  @Permit('chats:write')
  @ApiOperation({ summary: 'Approve or reject people who ask to join a group' })
  @Answers(200, 'What became of each person', AnsweredRequests)
  @RefusesAboutGroup()
  async answerRequests(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Body({ schema: JoinRequestAnswers }) answers: z.output<typeof JoinRequestAnswers>,
  ): Promise<z.output<typeof AnsweredRequests>> {
    const group = await this.groups.findJoined(context, userId, id);
    const named = (['approve', 'reject'] as const).flatMap((answer) => {
      const people = answers[answer];
      return people ? [[answer, people] as const] : [];
    });
    return [...(await asking(() => this.members.answerRequests(group, named, context)))];
  }

  private async inviteOf(
    context: CommandContext,
    userId: string,
    groupId: string,
    renew: boolean,
  ): Promise<z.output<typeof Invite>> {
    const { sessionId, chat } = await this.groups.findJoined(context, userId, groupId);
    const invite = await asking(() => this.messenger.groups.invite(sessionId, chat, renew));
    return { invite, url: `https://chat.whatsapp.com/${invite}` };
  }
}
