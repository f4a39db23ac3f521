import type { ContentConverter } from './converter.js';

/** Any message that has a part for people to see, and one in which nothing at all is known here: its kind is newer than this program. */
export const unsupported: ContentConverter<'unsupported'> = {
  fromWhatsApp: (message) => {
    const parts = Object.keys(message).filter((part) => part !== 'messageContextInfo');
    const shown = parts.find((part) => !invisible.has(part));
    return shown === undefined && parts.length > 0 ? undefined : { type: 'unsupported', rawType: shown ?? null };
  },
};

/** Parts that accompany others, or that only programs read. */
const invisible: ReadonlySet<string> = new Set([
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
  'pollUpdateMessage',
  'encReactionMessage',
  'encEventResponseMessage',
  'secretEncryptedMessage',
  'keepInChatMessage',
  'pinInChatMessage',
  // What Baileys makes of a call.
  'call',
]);
