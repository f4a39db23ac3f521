import { contentLimits } from '../../content/limits.js';
import { lineOf, textOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

export const contact: ContentConverter<'contact'> = {
  fromWhatsApp: ({ contactMessage, contactsArrayMessage }) => {
    const contacts = contactMessage ? [contactMessage] : contactsArrayMessage?.contacts;
    if (!contacts) return undefined;
    const vcards = contacts.slice(0, contentLimits.contacts).map(({ vcard }) => vcard ?? '');
    return {
      type: 'contact',
      name: lineOf(contactMessage?.displayName ?? contactsArrayMessage?.displayName) ?? '',
      vcard: textOf(vcards.join('\n')) ?? '',
    };
  },
};
