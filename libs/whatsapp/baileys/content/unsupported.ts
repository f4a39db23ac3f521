import type { ContentConverter } from './converter.js';

/** Any message that has a part for people to see. */
export const unsupported: ContentConverter<'unsupported'> = {
  fromWhatsApp: (message) =>
    Object.keys(message).every((part) => invisible.has(part)) ? undefined : { type: 'unsupported' },
};

/** Parts that accompany others, or that only programs read. */
const invisible: ReadonlySet<string> = new Set([
  'messageContextInfo',
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
  'pollUpdateMessage',
  'encReactionMessage',
  'keepInChatMessage',
  'pinInChatMessage',
]);
