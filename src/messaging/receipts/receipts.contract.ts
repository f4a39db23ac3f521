import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';
import { MessageOwner } from '../message-owner.contract.js';

/** How far a message has come with one of those who get it. */
const RecipientReceipt = z.object({
  /** Of the recipient, as WhatsApp named them. */
  jid: z.string(),
  status: z.enum(['delivered', 'read', 'played']),
  /** By WhatsApp's clock. */
  at: z.iso.datetime(),
});
export type RecipientReceipt = Readonly<z.output<typeof RecipientReceipt>>;

/**
 * The receipts of messages that many get, in groups and as status posts: a stream for each message, since nothing else depends on them. What came
 * meanwhile is one event.
 */
export const receiptEvents = eventTypes('receipts', {
  ReceiptsArrived: event(
    MessageOwner.extend({ receipts: z.array(RecipientReceipt).readonly(), recordedAt: z.iso.datetime() }),
    { personal: { subject: 'chatId', fields: ['receipts'] } },
  ),
});
export type ReceiptEvent = EventOf<typeof receiptEvents>;
