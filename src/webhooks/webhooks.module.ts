import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AbortRequestsEffect } from './abort-requests.effect.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliverySelections } from './delivery-selections.js';
import { Bodies } from './dispatch/bodies.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { DueDeliveries } from './dispatch/due-deliveries.js';
import { Recorder } from './dispatch/recorder.js';
import { Requests } from './dispatch/requests.js';
import { ExpiredDeliveries } from './expired-deliveries.js';
import { FanOutHandler } from './fan-out.handler.js';
import { ForgetWebhookEffect } from './forget-webhook.effect.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { ParkPendingHandler } from './park-pending.handler.js';
import { Subscribers } from './subscribers.js';
import { WakeWebhookEffect } from './wake-webhook.effect.js';
import { WebhookKeysStore } from './webhook-keys.js';
import { WebhooksService } from './webhooks.service.js';

/** The routes of webhooks, and what delivers to them. */
@Module({})
export class WebhooksModule {
  /** `media` provides what reaches the servers of users. */
  static with(media: Type): DynamicModule {
    return {
      module: WebhooksModule,
      imports: [media],
      controllers: [WebhooksController, DeliveriesController],
      providers: [
        WebhooksService,
        DeliveriesService,
        DeliverySelections,
        WebhookKeysStore,
        Subscribers,
        Bodies,
        DueDeliveries,
        Requests,
        Recorder,
        Dispatcher,
        ExpiredDeliveries,
        FanOutHandler,
        ParkPendingHandler,
        AbortRequestsEffect,
        ForgetWebhookEffect,
        WakeWebhookEffect,
      ],
    };
  }
}
