import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById, Paging } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { WebhooksService } from '../webhooks.service.js';
import { shownWebhook as shown, type ShownWebhook } from './present.js';
import { refusals } from './refusals.js';
import { NewWebhook, Webhook, WebhookChange, Webhooks, WebhookWithSecret } from './webhooks.schemas.js';

type Id = z.output<typeof ById>;
type ShownSecret = z.output<typeof WebhookWithSecret>;

@ApiTags('Webhooks')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Register a webhook: events are posted to its URL from now on' })
  @Answers(201, 'The webhook, with the secret that signs its requests', WebhookWithSecret)
  @Refuses(refusals.urlNotAllowed, refusals.limitReached, refusals.sessionNotFound)
  async register(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: NewWebhook }) given: z.output<typeof NewWebhook>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownSecret> {
    const settings = { sessionIds: null, headers: {}, ordered: false, description: null, ...given };
    const made = await createOnce({
      make: async (id): Promise<ShownSecret> => {
        const { webhook, secret } = await this.webhooks.register(context, userId, id, settings);
        return { ...shown(webhook), secret };
      },
      first: async (id) => {
        const webhook = await this.webhooks.first(userId, id);
        return webhook && { ...shown(webhook), secret: null };
      },
    });
    void reply.header('location', `/v1/webhooks/${made.id}`);
    return made;
  }

  @Get()
  @Permit('webhooks:read')
  @ApiOperation({ summary: 'List your webhooks' })
  @Answers(200, 'A page of webhooks', Webhooks)
  async list(
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: Paging }) { limit, cursor }: z.output<typeof Paging>,
  ): Promise<Page<ShownWebhook>> {
    const { data, next } = await this.webhooks.list(userId, limit, cursor);
    return { data: data.map(shown), next };
  }

  @Get(':id')
  @Permit('webhooks:read')
  @ApiOperation({ summary: 'Get a webhook' })
  @Answers(200, 'The webhook', Webhook)
  @Refuses(refusals.webhookNotFound)
  async get(@CurrentUser() { userId }: UserCaller, @Param({ schema: ById }) { id }: Id): Promise<ShownWebhook> {
    return shown(await this.webhooks.find(userId, id));
  }

  @Patch(':id')
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Change a webhook: it counts for events that happen from now on' })
  @Answers(200, 'The webhook as it is now', Webhook)
  @Refuses(refusals.webhookNotFound, refusals.urlNotAllowed, refusals.sessionNotFound)
  async change(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Body({ schema: WebhookChange }) change: z.output<typeof WebhookChange>,
  ): Promise<ShownWebhook> {
    return shown(await this.webhooks.change(context, userId, id, change));
  }

  @Delete(':id')
  @HttpCode(204)
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Delete a webhook and its deliveries: nothing more is sent' })
  @Answers(204, 'Deleted')
  @Refuses(refusals.webhookNotFound)
  async remove(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<void> {
    await this.webhooks.act(context, 'RemoveWebhook', userId, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Pause a webhook: events that happen from now on are not delivered' })
  @Answers(200, 'The webhook as it is now', Webhook)
  @Refuses(refusals.webhookNotFound, refusals.disabled)
  pause(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<ShownWebhook> {
    return this.changed(context, 'PauseWebhook', userId, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Resume a webhook that was paused or disabled. What it missed can be redelivered' })
  @Answers(200, 'The webhook as it is now', Webhook)
  @Refuses(refusals.webhookNotFound)
  resume(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<ShownWebhook> {
    return this.changed(context, 'ResumeWebhook', userId, id);
  }

  @Post(':id/test')
  @HttpCode(202)
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Send an event `webhook.test` to this webhook, whatever events it wants' })
  @Answers(202, 'The webhook: its deliveries show what became of the test', Webhook)
  @Refuses(refusals.webhookNotFound, refusals.disabled)
  async test(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownWebhook> {
    const webhook = await createOnce({
      make: (testId) => this.webhooks.test(context, userId, id, testId),
      first: (testId) => this.webhooks.tested(userId, testId),
    });
    void reply.header('location', `/v1/webhooks/${id}`);
    return shown(webhook);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Give a webhook a new secret. For 24 hours, those before it sign as well' })
  @Answers(200, 'The webhook, with its new secret', WebhookWithSecret)
  @Refuses(refusals.webhookNotFound)
  async rotateSecret(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<ShownSecret> {
    const { webhook, secret } = await this.webhooks.rotateSecret(context, userId, id);
    return { ...shown(webhook), secret };
  }

  private async changed(
    context: CommandContext,
    type: 'PauseWebhook' | 'ResumeWebhook',
    userId: string,
    id: string,
  ): Promise<ShownWebhook> {
    await this.webhooks.act(context, type, userId, id);
    return shown(await this.webhooks.find(userId, id));
  }
}
