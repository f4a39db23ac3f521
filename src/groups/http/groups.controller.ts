import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Searches } from '../../platform/views/searches.js';
import type { ListGroups } from '../group.contract.js';
import { GroupsService } from '../groups.service.js';
import { MemberChanges } from '../member-changes.js';
import { Places } from '../places.js';
import {
  ChangedParticipants,
  Group,
  GroupChanges,
  GroupFilter,
  GroupPage,
  MadeGroup,
  NewGroup,
  ParticipantChanges,
} from './groups.schemas.js';
import { present, summaryOf } from './present.js';
import { asking, refusals, RefusesAboutGroup } from './refusals.js';

type Id = z.output<typeof ById>;

@ApiTags('Groups')
@Controller('v1/groups')
export class GroupsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly members: MemberChanges,
    private readonly places: Places,
    private readonly queries: QueryBus,
    private readonly searches: Searches,
  ) {}

  @Get()
  @Permit('chats:read')
  @ApiOperation({ summary: 'List the groups that your accounts are in' })
  @Answers(200, 'A page of groups', GroupPage)
  async list(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: GroupFilter }) filter: z.output<typeof GroupFilter>,
  ): Promise<Page<Omit<z.output<typeof Group>, 'participants'>>> {
    const query: ListGroups = { type: 'ListGroups', data: { userId, ...filter } };
    const list = () => this.queries.execute<ListGroups>(query, context);
    const { data, next } = await this.searches.run(userId, filter.q, list);
    return { data: data.map(summaryOf), next };
  }

  @Post()
  @HttpCode(201)
  @Permit('chats:write')
  @ApiOperation({ summary: 'Make a group' })
  @Answers(201, 'The group, and what became of each person', MadeGroup)
  @Refuses(refusals.sessionNotFound, refusals.sessionRequired, refusals.notConnected)
  @Refuses(refusals.notAllowed, refusals.refused, refusals.slowedDown, refusals.noAnswer)
  async create(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: NewGroup }) { sessionId, subject, participants }: z.output<typeof NewGroup>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof MadeGroup>> {
    const { group, results } = await createOnce({
      make: (requestId) =>
        asking(async () => {
          const place = await this.places.of(context, userId, sessionId);
          return this.groups.make(requestId, place, { subject, participants }, context);
        }),
      first: (requestId) => this.groups.madeFor(requestId, context),
    });
    void reply.header('location', `/v1/groups/${group.id}`);
    return { ...present(group), results: [...results] };
  }

  @Get(':id')
  @Permit('chats:read')
  @ApiOperation({ summary: 'Get a group, with who is in it' })
  @Answers(200, 'The group', Group)
  @Refuses(refusals.groupNotFound)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<z.output<typeof Group>> {
    return present(await this.groups.find(context, userId, id));
  }

  @Patch(':id')
  @Permit('chats:write')
  @ApiOperation({
    summary: 'Change the subject, the description, the settings or the picture of a group',
    description:
      'Each field is a question of its own to WhatsApp, in this order. Once one has failed, the rest are not tried, and the answer is a problem. Where ' +
      'something was done before, or may have been, its `results` say so of each field: `ok`, or why not. The `code` is that of WhatsApp’s refusal, ' +
      '`session_not_connected`, `not_answered`, `unconfirmed` where it may have been done, and `not_tried` for each field that follows. The group shows what was done.',
  })
  @Answers(200, 'The group as it is now', Group)
  @RefusesAboutGroup()
  @Refuses(refusals.mediaNotFound, refusals.mediaTypeRefused)
  async change(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Body({ schema: GroupChanges }) change: z.output<typeof GroupChanges>,
  ): Promise<z.output<typeof Group>> {
    const group = await this.groups.findJoined(context, userId, id);
    return present(await asking(() => this.groups.change(group, change, context)));
  }

  @Post(':id/participants')
  @HttpCode(200)
  @Permit('chats:write')
  @ApiOperation({
    summary: 'Add and remove people, make them admins or members',
    description:
      'Each action is a question of its own to WhatsApp. Once one has failed as a whole, the rest are not tried; where something was done before, the ' +
      'answer is 200 and `results` says what became of each person. `group` is as it was before where WhatsApp does not say how it is now.',
  })
  @Answers(200, 'What became of each person, and the group as it is now', ChangedParticipants)
  @RefusesAboutGroup()
  async changeParticipants(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Body({ schema: ParticipantChanges }) change: z.output<typeof ParticipantChanges>,
  ): Promise<z.output<typeof ChangedParticipants>> {
    const group = await this.groups.findJoined(context, userId, id);
    const actions = (['add', 'remove', 'promote', 'demote'] as const).flatMap((action) => {
      const people = change[action];
      return people ? [[action, people] as const] : [];
    });
    const changed = await asking(() => this.members.change(group, actions, context));
    return { results: [...changed.results], group: present(changed.group) };
  }

  @Delete(':id')
  @HttpCode(204)
  @Permit('chats:write')
  @ApiOperation({ summary: 'Leave a group' })
  @Answers(204, 'Left')
  @RefusesAboutGroup()
  async leave(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<void> {
    const group = await this.groups.findJoined(context, userId, id);
    await asking(() => this.groups.leave(group, context));
  }
}
