import { jidOf } from '../../addresses.js';
import type { ContentConverter } from './converter.js';

export const text: ContentConverter<'text'> = {
  // Without a link preview: this service would have to fetch it, and the linked server would learn who writes to whom.
  toWhatsApp: ({ body, mentions = [] }) => ({
    text: body,
    linkPreview: null,
    ...(mentions.length > 0 && { mentions: mentions.map((each) => (each.includes('@') ? each : jidOf(each))) }),
  }),
  fromWhatsApp: ({ conversation, extendedTextMessage }) => {
    const body = conversation ?? extendedTextMessage?.text;
    return typeof body === 'string' ? { type: 'text', body } : undefined;
  },
};
