import { Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { Effect } from '../platform/context-definition.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { Subscribers } from './subscribers.js';
import type { AbortRequests } from './webhook.commands.js';

@Injectable()
export class AbortRequestsEffect implements Effect<AbortRequests> {
  constructor(
    private readonly subscribers: Subscribers,
    private readonly dispatcher: Dispatcher,
  ) {}

  async run({ data: { sessionId, position } }: AbortRequests): Promise<readonly Command[]> {
    await this.subscribers.reach(position); // no other request begins
    this.dispatcher.forgetSession(sessionId);
    return [];
  }
}
