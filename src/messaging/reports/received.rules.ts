import type { Person, Received } from '#lib/whatsapp';
import type { MessageView } from '../message-view.contract.js';

/** The jids under which a chat may be stored. */
export const chatsOf = ({ jid, lid, phoneNumber }: Person): readonly (string | null)[] => [
  jid,
  lid,
  phoneNumber === null ? null : `${phoneNumber.slice(1)}@s.whatsapp.net`,
];

/** Whether the sender of a change wrote the message: nobody else may edit it. */
export const isAuthor = ({ key }: Received, message: MessageView): boolean =>
  key.fromMe === (message.direction === 'outgoing') &&
  (key.fromMe || key.participant === (message.participant ?? null));

/** Whether the sender of a revocation may revoke the message: its author, or in a group an admin, which WhatsApp has checked. */
export const mayRevoke = (received: Received, message: MessageView): boolean =>
  received.key.participant !== null || isAuthor(received, message);
