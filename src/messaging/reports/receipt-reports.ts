import { Inject, Injectable } from '@nestjs/common';
import type { Receipt, ReceiptStatus, SendRefusal } from '#lib/whatsapp';
import { REPORTS, type Reports } from '../../sessions/reports.contract.js';
import { Streams } from '../../platform/streams/streams.js';
import type { MessageCommand } from '../message.commands.js';
import { messageDecider } from '../message.decider.js';
import { failures } from '../outbox/attempt.rules.js';
import { Confirmations } from '../outbox/confirmations.js';
import { Outbox } from '../outbox/outbox.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { ReceiptBatches } from '../receipts/receipt-batches.js';

const commandOf = {
  sent: 'RecordMessageSent',
  delivered: 'RecordMessageDelivered',
  read: 'RecordMessageRead',
  played: 'RecordMessagePlayed',
} as const satisfies { readonly [status in ReceiptStatus]: MessageCommand['type'] };

/**
 * Records what WhatsApp reports of messages that were sent from here. Where many get a message, the first receipt is that of the message; who has
 * confirmed it is recorded beside it.
 */
@Injectable()
export class ReceiptReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly whatsappIds: WhatsAppIds,
    private readonly outbox: Outbox,
    private readonly confirmations: Confirmations,
    private readonly streams: Streams,
    private readonly batches: ReceiptBatches,
  ) {
    reports.record('receipt', {
      keyOf: ({ receipt }) => receipt.whatsappIds[0] ?? '',
      commandsFor: (sessionId, { receipt }, heardAt) => this.progress(sessionId, receipt, heardAt),
    });
    reports.record('receipt', {
      keyOf: ({ receipt }) => `${receipt.whatsappIds[0] ?? ''} of ${receipt.participant ?? ''}`,
      commandsFor: async (sessionId, { receipt }) => {
        await this.ofRecipient(sessionId, receipt);
        return [];
      },
    });
    reports.record('refused', {
      keyOf: ({ whatsappId }) => whatsappId,
      commandsFor: (sessionId, { whatsappId, refusal }, at) => this.refusal(sessionId, whatsappId, refusal, at),
    });
  }

  private async progress(
    sessionId: string,
    { whatsappIds, status, at: whatsappAt }: Receipt,
    at: string,
  ): Promise<readonly MessageCommand[]> {
    const ids = await Promise.all(whatsappIds.map((whatsappId) => this.whatsappIds.findSent(sessionId, whatsappId)));
    return ids.flatMap((messageId) => {
      if (messageId === undefined) return [];
      if (status === 'sent' && this.outbox.has(sessionId, messageId)) return []; // the attempt records it
      if (status !== 'sent') this.confirmations.confirm(messageId, whatsappAt);
      return [{ type: commandOf[status], data: { messageId, at, whatsappAt } }];
    });
  }

  /** Who of those that get it has confirmed a message. */
  private async ofRecipient(sessionId: string, { whatsappIds, status, at, participant: jid }: Receipt): Promise<void> {
    if (jid === null || status === 'sent') return;
    const confirmed = whatsappIds.map(async (whatsappId) => {
      const messageId = await this.whatsappIds.findSent(sessionId, whatsappId);
      if (messageId === undefined) return;
      const { state } = await this.streams.state(messageDecider, messageId);
      if (state.status !== 'none') await this.batches.add(state.owner, { jid, status, at });
    });
    await Promise.all(confirmed);
  }

  /** The attempt at a message handles its refusal; this is for one that comes after the attempt gave up waiting. */
  private async refusal(
    sessionId: string,
    whatsappId: string,
    refusal: SendRefusal,
    at: string,
  ): Promise<readonly MessageCommand[]> {
    const messageId = await this.whatsappIds.findSent(sessionId, whatsappId);
    if (messageId === undefined || this.outbox.has(sessionId, messageId)) return [];
    return [{ type: 'RecordMessageFailed', data: { messageId, ...failures.refused(refusal), at } }];
  }
}
