import type { PhoneMessage } from './inbox.js';

/** Attributes of the stanza that describe a message. */
export type StanzaKind = {
  readonly type: string;
  readonly mediaType?: string;
  readonly edit?: string;
  /** Whether it is a poll or a vote on one. */
  readonly pollType?: 'creation' | 'vote';
};

const senderRevoke = '7';
const adminRevoke = '8';

/** `isAdminRevoke`: an admin of the group revokes a message of somebody else. */
export function kindOf({ type, media }: PhoneMessage, isAdminRevoke: boolean): StanzaKind {
  if (media) return { type: 'media', mediaType: media.voice ? 'ptt' : media.kind };
  switch (type) {
    case 'contact':
      return { type: 'media', mediaType: 'vcard' };
    case 'reaction':
      return { type };
    case 'poll':
      return { type, pollType: 'creation' };
    case 'vote':
      return { type: 'poll', pollType: 'vote' };
    case 'edit':
      return { type: 'text', edit: '1' };
    case 'revoke':
      return { type: 'text', edit: isAdminRevoke ? adminRevoke : senderRevoke };
    default:
      return { type: 'text' };
  }
}
