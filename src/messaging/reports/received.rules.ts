import type { Person, Received } from '#lib/whatsapp';
import type { MessageView } from '../message-view.contract.js';

/** The jids that a chat may be known by here. */
export const chatsOf = ({ jid, lid, phoneNumber }: Person): readonly (string | null)[] => [
  jid,
  lid,
  phoneNumber === null ? null : `${phoneNumber.slice(1)}@s.whatsapp.net`,
];

/** Whether who sent this wrote that message: nobody else may change it. */
export const isAuthor = ({ key }: Received, message: MessageView): boolean =>
  key.fromMe === (message.direction === 'outgoing') &&
  (key.fromMe || key.participant === (message.participant ?? null));

/** Whether who sent this may take that message back: its author, and in a group an admin of it, which WhatsApp has checked. */
export const mayRevoke = (received: Received, message: MessageView): boolean =>
  received.key.participant !== null || isAuthor(received, message);
