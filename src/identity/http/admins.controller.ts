import { Body, Controller, Delete, Get, HttpCode, Ip, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentAdmin, type AdminCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById, Paging } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Documents } from '../../platform/views/documents.js';
import { AdminAccounts } from '../accounts/admin-accounts.js';
import { OwnPassword } from '../accounts/own-password.js';
import type { AdminView, GetAdmin, ListAdmins } from '../admin.contract.js';
import { adminDocuments } from '../admins.projection.js';
import { Admin, AdminChange, Admins, NewAdmin, PasswordChange } from './admins.schemas.js';
import { refusals } from './refusals.js';

const maxPasswordBodyBytes = 4096;

@ApiTags('Admins')
@Controller('v1/admin')
export class AdminsController {
  constructor(
    private readonly accounts: AdminAccounts,
    private readonly ownPassword: OwnPassword,
    private readonly queries: QueryBus,
    private readonly documents: Documents,
  ) {}

  @Get('me')
  @Permit('admin:self')
  @ApiOperation({ summary: 'Get your own account' })
  @Answers(200, 'The calling admin', Admin)
  me(@Context() context: CommandContext, @CurrentAdmin() { adminId }: AdminCaller): Promise<AdminView> {
    return this.admin(context, adminId);
  }

  @Post('me/password')
  @HttpCode(204)
  @Permit('admin:self', { maxBodyBytes: maxPasswordBodyBytes })
  @ApiOperation({ summary: 'Change your own password, which ends all of your logins' })
  @Answers(204, 'Changed: log in with the new password')
  @Refuses(refusals.wrongCurrentPassword, refusals.weakPassword, refusals.lockedOut)
  async changeOwnPassword(
    @Context() context: CommandContext,
    @CurrentAdmin() { adminId }: AdminCaller,
    @Body({ schema: PasswordChange }) body: z.output<typeof PasswordChange>,
    @Ip() ip: string,
  ): Promise<void> {
    await this.ownPassword.change(context, { adminId, ip, ...body });
  }

  @Post('admins')
  @Permit('admin:own')
  @ApiOperation({ summary: 'Create an admin' })
  @Answers(201, 'The new admin', Admin)
  @Refuses(refusals.emailTaken, refusals.weakPassword)
  async create(
    @Context() context: CommandContext,
    @Body({ schema: NewAdmin }) body: z.output<typeof NewAdmin>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminView> {
    const make = async (id: string) => {
      await this.accounts.create(context, id, body);
      return this.documents.created(adminDocuments, id);
    };
    const admin = await createOnce({ make, first: (id) => this.documents.first(adminDocuments, id) });
    void reply.header('location', `/v1/admin/admins/${admin.id}`);
    return admin;
  }

  @Get('admins')
  @Permit('admin:read')
  @ApiOperation({ summary: 'List admins' })
  @Answers(200, 'A page of admins', Admins)
  list(
    @Context() context: CommandContext,
    @Query({ schema: Paging }) page: z.output<typeof Paging>,
  ): Promise<Page<AdminView>> {
    return this.queries.execute<ListAdmins>({ type: 'ListAdmins', data: page }, context);
  }

  @Patch('admins/:id')
  @Permit('admin:own')
  @ApiOperation({ summary: "Change an admin's role or password" })
  @Answers(200, 'The admin as it is now', Admin)
  @Refuses(refusals.adminNotFound, refusals.lastOwner, refusals.weakPassword)
  async change(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
    @Body({ schema: AdminChange }) body: z.output<typeof AdminChange>,
  ): Promise<AdminView> {
    await this.accounts.change(context, id, body);
    return this.admin(context, id);
  }

  @Delete('admins/:id')
  @HttpCode(204)
  @Permit('admin:own')
  @ApiOperation({ summary: 'Disable an admin permanently' })
  @Answers(204, 'Disabled')
  @Refuses(refusals.adminNotFound, refusals.lastOwner)
  async disable(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<void> {
    await this.admin(context, id);
    await this.accounts.disable(context, id);
  }

  private admin(context: CommandContext, adminId: string): Promise<AdminView> {
    return this.queries.execute<GetAdmin>({ type: 'GetAdmin', data: { adminId } }, context);
  }
}
