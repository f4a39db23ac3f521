import { Inject, Injectable } from '@nestjs/common';
import { Streams } from '../../platform/streams/streams.js';
import { REPORTS, type Reports } from '../../sessions/reports.contract.js';
import { messageEvents } from '../message.contract.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';

/** Finds a message that was sent, for a receiver who could not decrypt it and asks for it again. */
@Injectable()
export class SentMessageLookup {
  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly whatsappIds: WhatsAppIds,
    private readonly streams: Streams,
  ) {
    reports.findSent(async (sessionId, whatsappId) => {
      const messageId = await this.whatsappIds.findSent(sessionId, whatsappId);
      if (messageId === undefined) return undefined;
      const events = await this.streams.events(messageEvents, messageId);
      const queued = events.find((event) => event.type === 'MessageQueued');
      if (!queued) return undefined;
      const { chat, content, replyTo } = queued.data;
      return { to: chat, content, ...(replyTo && { replyTo }) };
    });
  }
}
