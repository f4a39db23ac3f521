import { Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { Effect } from '../platform/context-definition.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { Subscribers } from './subscribers.js';
import type { ForgetWebhook } from './webhook.commands.js';
import { WebhookKeysStore } from './webhook-keys.js';

@Injectable()
export class ForgetWebhookEffect implements Effect<ForgetWebhook> {
  constructor(
    private readonly keys: WebhookKeysStore,
    private readonly subscribers: Subscribers,
    private readonly dispatcher: Dispatcher,
  ) {}

  async run({ data: { webhookId, position } }: ForgetWebhook): Promise<readonly Command[]> {
    await this.subscribers.reach(position); // no other request begins
    this.dispatcher.forget(webhookId);
    await this.keys.remove(webhookId);
    return [];
  }
}
