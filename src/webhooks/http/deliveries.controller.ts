import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Located, Refuses } from '../../platform/openapi/answers.js';
import { DeliveriesService } from '../deliveries.service.js';
import { Deliveries, DeliveryFilter, DeliveryWithAttempts, Redelivered, Redelivery } from './deliveries.schemas.js';
import { shownDelivery, shownWithAttempts, type ShownDelivery } from './present.js';
import { refusals } from './refusals.js';

type Id = z.output<typeof ById>;
type Detailed = z.output<typeof DeliveryWithAttempts>;

@ApiTags('Webhooks')
@Controller('v1')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get('webhooks/:id/deliveries')
  @Permit('webhooks:read')
  @ApiOperation({ summary: 'List the deliveries of a webhook' })
  @Answers(200, 'A page of deliveries', Deliveries)
  @Refuses(refusals.webhookNotFound)
  async list(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: webhookId }: Id,
    @Query({ schema: DeliveryFilter }) { from, to, ...filter }: z.output<typeof DeliveryFilter>,
  ): Promise<Page<ShownDelivery>> {
    const { data, next } = await this.deliveries.list(context, userId, {
      webhookId,
      ...filter,
      ...(from !== undefined && { from: normal(from) }),
      ...(to !== undefined && { to: normal(to) }),
    });
    return { data: data.map(shownDelivery), next };
  }

  @Post('webhooks/:id/redeliver')
  @HttpCode(202)
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Deliver again what was parked or missed within some time' })
  @Answers(202, 'How many are delivered again', Redelivered)
  @Located()
  @Refuses(refusals.webhookNotFound, refusals.disabled, refusals.periodInvalid)
  async redeliverAll(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Body({ schema: Redelivery }) { from, to, status }: z.output<typeof Redelivery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof Redelivered>> {
    const range = {
      from: normal(from),
      ...(to !== undefined && { to: normal(to) }),
      statuses: status ? [status] : (['parked', 'missed'] as const),
    };
    const count = await this.deliveries.redeliverAll(context, userId, id, range);
    void reply.header('location', `/v1/webhooks/${id}/deliveries`);
    return { count };
  }

  @Get('deliveries/:id')
  @Permit('webhooks:read')
  @ApiOperation({ summary: 'Get a delivery with its attempts' })
  @Answers(200, 'The delivery', DeliveryWithAttempts)
  @Refuses(refusals.deliveryNotFound)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
  ): Promise<Detailed> {
    return shownWithAttempts(await this.deliveries.find(context, userId, id));
  }

  @Post('deliveries/:id/redeliver')
  @HttpCode(202)
  @Permit('webhooks:write')
  @ApiOperation({ summary: 'Deliver an event to a webhook once more' })
  @Answers(202, 'The delivery, which is under way', DeliveryWithAttempts)
  @Located()
  @Refuses(refusals.deliveryNotFound, refusals.webhookNotFound, refusals.pending, refusals.disabled)
  async redeliver(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Detailed> {
    const delivery = await this.deliveries.redeliver(context, userId, id);
    void reply.header('location', `/v1/deliveries/${id}`);
    return shownWithAttempts(delivery);
  }
}

/** With milliseconds, as times are compared as texts. */
const normal = (time: string): string => new Date(time).toISOString();
