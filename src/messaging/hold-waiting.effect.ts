import { Inject, Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../sessions/connection-status.contract.js';
import type { HoldWaiting } from './message.commands.js';
import { messages } from './messages.projection.js';
import { Holds } from './outbox/holds.js';
import { Senders } from './senders/senders.js';

/** Finds the messages of a session that waits for somebody, and records what they wait for. */
@Injectable()
export class HoldWaitingEffect implements Effect<HoldWaiting> {
  constructor(
    private readonly views: Views,
    private readonly senders: Senders,
    private readonly holds: Holds,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
  ) {}

  async run({ data: { sessionId } }: HoldWaiting): Promise<readonly []> {
    await this.views.fresh(messages);
    if (this.connections.isOpen(sessionId)) return []; // it was connected again meanwhile
    const waiting: string[] = [];
    const queued = { where: { sessionId, status: 'queued' } } as const;
    for await (const { id } of this.views.scan(messages, queued)) waiting.push(id);
    const why = await this.senders.reasonToWaitNow(sessionId);
    const isCurrent = (): boolean =>
      !this.connections.isOpen(sessionId) && this.senders.reasonToWait(sessionId) === why;
    await this.holds.record(waiting.map((messageId) => ({ messageId, why, isCurrent })));
    return [];
  }
}
