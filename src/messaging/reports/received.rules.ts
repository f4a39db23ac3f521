import { jidOf, type Person, type Received } from '#lib/whatsapp';
import type { MessageView } from '../message-view.contract.js';

/** The jids under which a chat may be stored. */
export const chatsOf = ({ jid, lid, phoneNumber }: Person): readonly (string | null)[] => [
  jid,
  lid,
  phoneNumber === null ? null : jidOf(phoneNumber),
];

type Known = Pick<Person, 'phoneNumber' | 'lid'>;

const isSamePerson = (one: Known, other: Known): boolean =>
  (one.lid !== null && one.lid === other.lid) || (one.phoneNumber !== null && one.phoneNumber === other.phoneNumber);

/** Whether the sender of a change wrote the message: nobody else may edit it. */
export const isAuthor = ({ key, sender }: Received, message: MessageView): boolean =>
  key.fromMe === (message.direction === 'outgoing') &&
  (key.fromMe || message.participant === undefined || isSamePerson(sender, message.sender));

/** Whether the sender of a revocation may revoke the message: its author, or in a group an admin, which WhatsApp has checked. */
export const mayRevoke = (received: Received, message: MessageView): boolean =>
  received.key.participant !== null || isAuthor(received, message);
