import { Inject, Injectable } from '@nestjs/common';
import type { Stores } from '../../platform/stores.js';
import { Streams } from '../../platform/streams/streams.js';
import { STORES } from '../../platform/tokens.js';
import { REPORTS, type Reports } from '../../sessions/reports.contract.js';
import { changes } from '../changes.projection.js';
import { messageEvents } from '../message.contract.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { repeatable, repeatableChange } from './sent-message.rules.js';

/** Finds a message that was sent, or a change of one, for a receiver who could not decrypt it and asks for it again. */
@Injectable()
export class SentMessageLookup {
  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly whatsappIds: WhatsAppIds,
    private readonly streams: Streams,
    @Inject(STORES) private readonly stores: Stores,
  ) {
    reports.findSent(async (sessionId, whatsappId) => {
      const messageId = await this.whatsappIds.findSent(sessionId, whatsappId);
      if (messageId !== undefined) return repeatable(await this.streams.events(messageEvents, messageId));
      const change = await this.stores.models.get(changes, whatsappId);
      if (change?.sessionId !== sessionId) return undefined;
      return repeatableChange(await this.streams.events(messageEvents, change.messageId), whatsappId);
    });
  }
}
