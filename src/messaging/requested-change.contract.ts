import { z } from 'zod';
import { OutgoingContent } from './content.contract.js';
import { MessageOwner } from './message-owner.contract.js';

const time = z.iso.datetime();

/** A change of a message that was sent from here, for everyone: accepted, and to be sent. `whatsappId` is that of the message. */
export const RequestedChange = MessageOwner.extend({
  /** The WhatsApp id of the change: chosen at acceptance, so that every attempt carries the same id. */
  changeId: z.string(),
  account: z.string(),
  chat: z.string(),
  recipients: z.array(z.string()).readonly().exactOptional(),
  whatsappId: z.string(),
  /** The API key that the change was accepted with; null where nobody asked with one. */
  keyId: z.uuid().nullable(),
  requestedAt: time,
});

export const RequestedEdit = RequestedChange.extend({
  content: OutgoingContent,
  /** What it is dated, where edits that were known by then are dated later than the request, by another clock. */
  madeAt: time.exactOptional(),
});

export const personalOfChange = { subject: 'chatId', fields: ['account', 'chat', 'recipients'] } as const;
