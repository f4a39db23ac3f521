import { Inject, Injectable } from '@nestjs/common';
import { REPORTS, type Reports } from '../../sessions/reports.contract.js';
import { MessageStreams } from '../message-streams.js';
import { SentIds } from '../outbox/sent-ids.js';

/** Finds what was sent, for a receiver who could not read it and asks again. */
@Injectable()
export class SentMessages {
  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly sentIds: SentIds,
    private readonly streams: MessageStreams,
  ) {
    reports.findSent(async (sessionId, whatsappId) => {
      const messageId = await this.sentIds.find(sessionId, whatsappId);
      if (messageId === undefined) return undefined;
      const { events } = await this.streams.read(messageId);
      const queued = events.find((event) => event.type === 'MessageQueued');
      if (!queued) return undefined;
      const { chat, content, replyTo } = queued.data;
      return { to: chat, content, ...(replyTo && { replyTo }) };
    });
  }
}
