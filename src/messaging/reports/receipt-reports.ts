import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { isChannel, isOfPerson, type Receipt, type ReceiptStatus, type SendRefusal } from '#lib/whatsapp';
import { REPORTS, type Reports } from '../../sessions/reports.contract.js';
import { upTo } from '../../platform/growing-cache.js';
import { Streams } from '../../platform/streams/streams.js';
import type { MessageCommand } from '../message.commands.js';
import { messageDecider } from '../message.decider.js';
import type { MessageOwner } from '../message-owner.contract.js';
import { chatOfOwn } from '../message-state.rules.js';
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

/** What never changes of a message from here. */
type Own = { readonly owner: MessageOwner; readonly chat: string };

const maxKnown = 10_000;

/**
 * Records what WhatsApp reports of messages that were sent from here. Where many get a message, the first receipt is that of the message; who has
 * confirmed it is recorded beside it.
 */
@Injectable()
export class ReceiptReports {
  /** By id, messages that many get. */
  private readonly known = new LRUCache<string, Own>(upTo(maxKnown));

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
    { whatsappIds, status, at: whatsappAt, chat }: Receipt,
    at: string,
  ): Promise<readonly MessageCommand[]> {
    const isFromMember = status !== 'sent' && !isOfPerson(chat);
    const found = whatsappIds.map(async (whatsappId) =>
      isFromMember
        ? (await this.sentTo(chat, sessionId, whatsappId))?.messageId
        : this.whatsappIds.findSent(sessionId, whatsappId),
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
    if (jid === null || status === 'sent' || isOfPerson(chat) || isChannel(chat)) return;
    const confirmed = whatsappIds.map(async (whatsappId) => {
      const owner = await this.sentTo(chat, sessionId, whatsappId);
      if (owner) await this.batches.add(owner, { jid, status, at });
    });
    await Promise.all(confirmed);
  }

  /** Whose message it is. Undefined where it did not go to that group, or is no status post: a member of another group may know its id. */
  private async sentTo(chat: string, sessionId: string, whatsappId: string): Promise<MessageOwner | undefined> {
    const messageId = await this.whatsappIds.findSent(sessionId, whatsappId);
    if (messageId === undefined) return undefined;
    const own = this.known.get(messageId) ?? (await this.read(messageId));
    return own?.chat === chat ? own.owner : undefined;
  }

  private async read(messageId: string): Promise<Own | undefined> {
    const { state } = await this.streams.state(messageDecider, messageId);
    const chat = chatOfOwn(state);
    if (state.status === 'none' || chat === undefined) return undefined;
    const own = { owner: state.owner, chat };
    this.known.set(messageId, own);
    return own;
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
