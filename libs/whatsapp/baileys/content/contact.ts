import { contentLimits } from '../../content/limits.js';
import { vcardOf } from './bounded-vcard.js';
import { lineOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

export const contact: ContentConverter<'contact'> = {
  toWhatsApp: ({ contacts }) => ({
    contacts: {
      // What phones show above several of them.
      displayName: contacts.length === 1 ? contacts[0]!.name : `${contacts.length} contacts`,
      contacts: contacts.map(({ name, vcard }) => ({ displayName: name, vcard })),
    },
  }),
  fromWhatsApp: ({ contactMessage, contactsArrayMessage }) => {
    const cards = contactMessage ? [contactMessage] : contactsArrayMessage?.contacts;
    if (!cards) return undefined;
    const contacts = cards.slice(0, contentLimits.contacts).map(({ displayName, vcard }) => ({
      name: lineOf(displayName) ?? '',
      vcard: vcardOf(vcard),
    }));
    return { type: 'contact', contacts };
  },
};
