import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '#lib/event-sourcing';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById, Paging } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Located, Refuses } from '../../platform/openapi/answers.js';
import { Restoration } from '../../platform/restoration/restoration.js';
import { BackupJobs } from './backup-jobs.js';
import type { RequestBackup } from './backup.commands.js';
import type { BackupView, GetBackup, ListBackups } from './backup.contract.js';
import { asRequested } from './backup.projection.js';
import { BackupAnswer, BackupsAnswer } from './backups.schemas.js';

const refusals = {
  notFound: { status: 404, code: 'backup_not_found', detail: 'There is no such backup' },
  running: {
    status: 409,
    code: 'backup_running',
    detail: 'A backup is being made: 0199a3c4-1f00-7000-8000-000000000b01. One is made at a time',
  },
  notConfigured: {
    status: 409,
    code: 'backups_not_configured',
    detail: 'Backups go nowhere: set WAYBILL_BACKUP_TO and WAYBILL_BACKUP_RECIPIENT',
  },
  restoredCopy: {
    status: 409,
    code: 'restored_copy',
    detail: 'This is a restored copy: it makes no backups until an admin lets it go on',
  },
} as const;

/** Encrypted backups, for admins. */
@ApiTags('Backups')
@Controller('v1/admin/backups')
export class BackupsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly jobs: BackupJobs,
    private readonly restoration: Restoration,
  ) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: 'List the backups, also those that failed and those of the command line' })
  @Answers(200, 'A page of backups', BackupsAnswer)
  list(@Context() context: CommandContext, @Query({ schema: Paging }) { limit, cursor }: z.output<typeof Paging>) {
    const data = { limit, ...(cursor !== undefined && { cursor }) };
    return this.queries.execute<ListBackups>({ type: 'ListBackups', data }, context);
  }

  @Get(':id')
  @Permit('admin:read')
  @ApiOperation({ summary: 'See a backup, also while it is being made' })
  @Answers(200, 'The backup', BackupAnswer)
  @Refuses(refusals.notFound)
  get(@Context() context: CommandContext, @Param({ schema: ById }) { id }: z.output<typeof ById>): Promise<BackupView> {
    return this.find(context, id);
  }

  @Post()
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Make a backup now' })
  @Answers(202, 'The backup, which is being made', BackupAnswer)
  @Located()
  @Refuses(refusals.running, refusals.notConfigured, refusals.restoredCopy)
  async make(
    @Context() context: CommandContext,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BackupView> {
    const backup = await createOnce({
      make: (id) => this.request(context, id),
      first: async (id) => {
        const made = await this.find(context, id).catch(unlessUnknown);
        return made && asRequested(made);
      },
    });
    void reply.header('Location', `/v1/admin/backups/${backup.id}`);
    return backup;
  }

  private async request(context: CommandContext, backupId: string): Promise<BackupView> {
    for (const [isSo, { code, detail }] of [
      [!this.jobs.isConfigured, refusals.notConfigured],
      [this.restoration.isHeld, refusals.restoredCopy],
    ] as const)
      if (isSo) throw new DomainError('conflict', code, detail);
    const command: RequestBackup = { type: 'RequestBackup', data: { backupId, at: new Date().toISOString() } };
    await this.commands.execute(command, context);
    return this.find(context, backupId);
  }

  private find(context: CommandContext, backupId: string): Promise<BackupView> {
    return this.queries.execute<GetBackup>({ type: 'GetBackup', data: { backupId } }, context);
  }
}

const unlessUnknown = (error: unknown): undefined => {
  if (error instanceof DomainError && error.refusal === 'not_found') return undefined;
  throw error;
};
