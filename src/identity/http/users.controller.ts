import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentAdmin, type AdminCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Documents } from '../../platform/views/documents.js';
import { Searches } from '../../platform/views/searches.js';
import { UserAccounts } from '../accounts/user-accounts.js';
import type { GetUser, ListUsers, UserView } from '../user.contract.js';
import { userDocuments } from '../users.projection.js';
import { refusals } from './refusals.js';
import { NewUser, User, UserChange, UserFilter, Users } from './users.schemas.js';

@ApiTags('Users')
@Controller('v1/admin/users')
export class UsersController {
  constructor(
    private readonly accounts: UserAccounts,
    private readonly queries: QueryBus,
    private readonly documents: Documents,
    private readonly searches: Searches,
  ) {}

  @Post()
  @Permit('admin:write')
  @ApiOperation({ summary: 'Create a user' })
  @Answers(201, 'The new user', User)
  @Refuses(refusals.emailTaken)
  async create(
    @Context() context: CommandContext,
    @Body({ schema: NewUser }) body: z.output<typeof NewUser>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView> {
    const make = async (id: string) => {
      await this.accounts.register(context, id, body);
      return this.documents.created(userDocuments, id);
    };
    const user = await createOnce({ make, first: (id) => this.documents.first(userDocuments, id) });
    void reply.header('location', `/v1/admin/users/${user.id}`);
    return user;
  }

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: 'List and search users' })
  @Answers(200, 'A page of users', Users)
  list(
    @Context() context: CommandContext,
    @CurrentAdmin() { adminId }: AdminCaller,
    @Query({ schema: UserFilter }) { q, ...filter }: z.output<typeof UserFilter>,
  ): Promise<Page<UserView>> {
    const data = { ...filter, ...(q !== undefined && { search: q }) };
    const list = () => this.queries.execute<ListUsers>({ type: 'ListUsers', data }, context);
    return this.searches.run(adminId, q, list);
  }

  @Get(':id')
  @Permit('admin:read')
  @ApiOperation({ summary: 'Get a user' })
  @Answers(200, 'The user', User)
  @Refuses(refusals.userNotFound)
  get(@Context() context: CommandContext, @Param({ schema: ById }) { id }: z.output<typeof ById>): Promise<UserView> {
    return this.user(context, id);
  }

  @Patch(':id')
  @Permit('admin:write')
  @ApiOperation({ summary: 'Change a user' })
  @Answers(200, 'The user as it is now', User)
  @Refuses(refusals.userNotFound, refusals.emailTaken)
  async change(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
    @Body({ schema: UserChange }) body: z.output<typeof UserChange>,
  ): Promise<UserView> {
    await this.user(context, id);
    await this.accounts.change(context, id, body);
    return this.user(context, id);
  }

  @Post(':id/activate')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Activate a deactivated user' })
  @Answers(200, 'The user as it is now', User)
  @Refuses(refusals.userNotFound)
  async activate(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<UserView> {
    await this.accounts.mark(context, id, 'ActivateUser');
    return this.user(context, id);
  }

  @Post(':id/deactivate')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Deactivate a user: all their keys answer `user_inactive`' })
  @Answers(200, 'The user as it is now', User)
  @Refuses(refusals.userNotFound)
  async deactivate(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<UserView> {
    await this.accounts.mark(context, id, 'DeactivateUser');
    return this.user(context, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Delete a user permanently' })
  @Answers(204, 'Deleted')
  @Refuses(refusals.userNotFound)
  async delete(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<void> {
    await this.user(context, id);
    await this.accounts.mark(context, id, 'DeleteUser');
  }

  private user(context: CommandContext, userId: string): Promise<UserView> {
    return this.queries.execute<GetUser>({ type: 'GetUser', data: { userId } }, context);
  }
}
