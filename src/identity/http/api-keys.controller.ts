import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById, Paging } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Documents } from '../../platform/views/documents.js';
import { ApiKeys as Keys } from '../accounts/api-keys.js';
import { KeyUses } from '../auth/key-uses.js';
import type { ApiKeyView, GetApiKey, ListApiKeys } from '../api-key.contract.js';
import type { GetUser, UserView } from '../user.contract.js';
import { apiKeyDocuments } from '../api-keys.projection.js';
import {
  type ApiKey,
  ApiKeys,
  IssuedApiKey,
  KeyOfUser,
  KeyRevocation,
  NewApiKey,
  secretNotice,
} from './api-keys.schemas.js';
import { refusals } from './refusals.js';

type ShownKey = z.output<typeof ApiKey>;

@ApiTags('API keys')
@Controller('v1/admin/users/:id/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: Keys,
    private readonly uses: KeyUses,
    private readonly queries: QueryBus,
    private readonly documents: Documents,
  ) {}

  @Post()
  @Permit('admin:write')
  @ApiOperation({ summary: 'Issue an API key' })
  @Answers(201, 'The key, with its secret', IssuedApiKey)
  @Refuses(refusals.userNotFound, refusals.expiresInThePast)
  async issue(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id: userId }: z.output<typeof ById>,
    @Body({ schema: NewApiKey }) body: z.output<typeof NewApiKey>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof IssuedApiKey>> {
    const key = await createOnce({
      make: async (keyId) => {
        await this.user(context, userId);
        refuseThePast(body.expiresAt);
        const secret = await this.keys.issue(context, userId, keyId, body);
        return issued(await this.documents.created(apiKeyDocuments, keyId), secret);
      },
      first: async (keyId) => {
        const key = await this.documents.first(apiKeyDocuments, keyId);
        return key && issued(key, null);
      },
    });
    void reply.header('location', `/v1/admin/users/${userId}/api-keys/${key.id}`);
    return key;
  }

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: "List a user's API keys" })
  @Answers(200, 'A page of keys, without their secrets', ApiKeys)
  @Refuses(refusals.userNotFound)
  async list(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id: userId }: z.output<typeof ById>,
    @Query({ schema: Paging }) page: z.output<typeof Paging>,
  ): Promise<Page<ShownKey>> {
    await this.user(context, userId);
    const query: ListApiKeys = { type: 'ListApiKeys', data: { userId, ...page } };
    const { data, next } = await this.queries.execute<ListApiKeys>(query, context);
    return { data: await Promise.all(data.map((key) => this.shown(key))), next };
  }

  @Delete(':keyId')
  @HttpCode(204)
  @Permit('admin:write')
  @ApiOperation({
    summary: 'Revoke an API key: it stops working at once',
    description: 'What was accepted with it is still sent, unless `cancelUnsent` says otherwise.',
  })
  @Answers(204, 'Revoked')
  @Refuses(refusals.userNotFound, refusals.apiKeyNotFound)
  async revoke(
    @Context() context: CommandContext,
    @Param({ schema: KeyOfUser }) { id: userId, keyId }: z.output<typeof KeyOfUser>,
    @Query({ schema: KeyRevocation }) { cancelUnsent }: z.output<typeof KeyRevocation>,
  ): Promise<void> {
    await this.user(context, userId);
    await this.key(context, userId, keyId);
    await this.keys.revoke(context, userId, keyId, cancelUnsent);
  }

  private user(context: CommandContext, userId: string): Promise<UserView> {
    return this.queries.execute<GetUser>({ type: 'GetUser', data: { userId } }, context);
  }

  private async key(context: CommandContext, userId: string, keyId: string): Promise<ShownKey> {
    return this.shown(await this.queries.execute<GetApiKey>({ type: 'GetApiKey', data: { userId, keyId } }, context));
  }

  private async shown(key: ApiKeyView): Promise<ShownKey> {
    return { ...key, lastUsedAt: await this.uses.lastUsedAt(key.id) };
  }
}

/** A key as it is answered when it is issued: not yet used. */
const issued = (key: ApiKeyView, secret: string | null): z.output<typeof IssuedApiKey> => ({
  ...key,
  lastUsedAt: null,
  secret,
  ...(secret === null && { secretNotice }),
});

const refuseThePast = (expiresAt: string | null | undefined): void => {
  if (!expiresAt || Date.parse(expiresAt) > Date.now()) return;
  const { code, detail } = refusals.expiresInThePast;
  throw new DomainError('refused', code, detail);
};
