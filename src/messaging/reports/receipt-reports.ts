import { Inject, Injectable } from '@nestjs/common';
import { isChannel, isOfPerson, type Receipt, type ReceiptStatus, type SendRefusal } from '#lib/whatsapp';
import { REPORTS, type Reports } from '../../sessions/reports.contract.js';
import type { MessageCommand } from '../message.commands.js';
import { failures } from '../outbox/attempt.rules.js';
import { Confirmations } from '../outbox/confirmations.js';
import { Outbox } from '../outbox/outbox.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { ReceiptBatches } from '../receipts/receipt-batches.js';
import { OwnMessages } from './own-messages.js';

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
    private readonly own: OwnMessages,
    private readonly batches: ReceiptBatches,
  ) {
    reports.record('receipt', {
      keyOf: ({ receipt }) => receipt.whatsappIds[0] ?? '',
      commandsFor: (sessionId, { receipt }, heardAt) => this.progress(sessionId, receipt, heardAt),
    });
    reports.record('receipt', {
      concerns: ({ receipt }) => isOfOneOfMany(receipt),
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
    { whatsappIds, status, at: whatsappAt, chat }: Receipt,
    at: string,
  ): Promise<readonly MessageCommand[]> {
    const found = whatsappIds.map(async (whatsappId) =>
      status === 'sent'
        ? this.whatsappIds.findSent(sessionId, whatsappId)
        : (await this.own.sentTo(chat, sessionId, whatsappId))?.messageId,
    );
    const ids = await Promise.all(found);
    return ids.flatMap((messageId) => {
      if (messageId === undefined) return [];
      if (status === 'sent' && this.outbox.has(sessionId, messageId)) return []; // the attempt records it
      if (status !== 'sent') this.confirmations.confirm(messageId, whatsappAt);
      return [{ type: commandOf[status], data: { messageId, at, whatsappAt } }];
    });
  }

  /** Who of those that get it has confirmed a message. */
  private async ofRecipient(sessionId: string, receipt: Receipt): Promise<void> {
    const { whatsappIds, status, at, chat, participant: jid } = receipt;
    if (jid === null || status === 'sent') return;
    const confirmed = whatsappIds.map(async (whatsappId) => {
      const owner = await this.own.sentTo(chat, sessionId, whatsappId);
      if (owner) await this.batches.add(owner, { jid, status, at });
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

/** Of one of those who get the messages of a group, or what is posted as a status. */
const isOfOneOfMany = ({ status, chat, participant }: Receipt): boolean =>
  participant !== null && status !== 'sent' && !isOfPerson(chat) && !isChannel(chat);
