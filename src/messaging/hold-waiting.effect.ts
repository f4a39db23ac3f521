import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import type { HoldUnlinked } from './message.commands.js';
import { messages } from './messages.projection.js';
import { Holds } from './outbox/holds.js';
import { Senders } from './senders/senders.js';

/** Finds the messages that wait for a session that was logged out, and records what they wait for. */
@Injectable()
export class HoldUnlinkedEffect implements Effect<HoldUnlinked> {
  constructor(
    private readonly views: Views,
    private readonly senders: Senders,
    private readonly holds: Holds,
  ) {}

  async run({ data: { sessionId } }: HoldUnlinked): Promise<readonly []> {
    await this.views.fresh(messages);
    if (typeof this.senders.session(sessionId)?.account === 'string') return []; // it was linked again meanwhile
    const waiting: string[] = [];
    const queued = { where: { sessionId, status: 'queued' } } as const;
    for await (const { id } of this.views.scan(messages, queued)) waiting.push(id);
    await this.holds.record(waiting, 'session_logged_out');
    return [];
  }
}
