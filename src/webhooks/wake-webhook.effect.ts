import { Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { Effect } from '../platform/context-definition.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import type { WakeWebhook } from './webhook.commands.js';

@Injectable()
export class WakeWebhookEffect implements Effect<WakeWebhook> {
  constructor(private readonly dispatcher: Dispatcher) {}

  run({ data: { webhookId, position } }: WakeWebhook): Promise<readonly Command[]> {
    this.dispatcher.wake(webhookId, position);
    return Promise.resolve([]);
  }
}
