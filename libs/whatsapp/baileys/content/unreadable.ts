import type { ContentConverter } from './converter.js';

/** What the sender hides from linked devices. What did not arrive at all has no content, and is reported by the stanza. */
export const unreadable: ContentConverter<'unreadable'> = {
  fromWhatsApp: ({ placeholderMessage }) =>
    placeholderMessage ? { type: 'unreadable', reason: 'withheld' } : undefined,
};
