import type { ContentConverter } from './converter.js';

export const contact: ContentConverter<'contact'> = {
  fromWhatsApp: ({ contactMessage, contactsArrayMessage }) => {
    const contacts = contactMessage ? [contactMessage] : contactsArrayMessage?.contacts;
    if (!contacts) return undefined;
    return {
      type: 'contact',
      name: contactMessage?.displayName ?? contactsArrayMessage?.displayName ?? '',
      vcard: contacts.map(({ vcard }) => vcard ?? '').join('\n'),
    };
  },
};
