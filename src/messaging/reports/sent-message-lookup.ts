import { Inject, Injectable } from '@nestjs/common';
import { Streams } from '../../platform/streams/streams.js';
import { REPORTS, type Reports } from '../../sessions/reports.contract.js';
import { messageEvents } from '../message.contract.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { repeatable } from './sent-message.rules.js';

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
      return repeatable(await this.streams.events(messageEvents, messageId));
    });
  }
}
