import type { AnyMessageContent, proto } from '@whiskeysockets/baileys';
import type { ContentKinds, OutgoingContent, ReceivedContent } from '../../content.js';
import { contact } from './contact.js';
import type { ContentConverter } from './converter.js';
import { location } from './location.js';
import { audio, document, image, sticker, video } from './media.js';
import { poll } from './poll.js';
import { text } from './text.js';
import { unsupported } from './unsupported.js';

/** A received message is of the first kind that recognizes it, so `unsupported`, which takes any, stays last. */
const converters: { readonly [Kind in keyof ContentKinds]: ContentConverter<Kind> } = {
  text,
  image,
  video,
  audio,
  document,
  sticker,
  location,
  contact,
  poll,
  unsupported,
};

export const contentToWhatsApp = (content: OutgoingContent): AnyMessageContent => {
  const toWhatsApp = converters[content.type].toWhatsApp as (content: OutgoingContent) => AnyMessageContent;
  return toWhatsApp(content);
};

const readers: readonly ((message: proto.IMessage) => ReceivedContent | undefined)[] = Object.values(
  converters,
).flatMap((converter) => ('fromWhatsApp' in converter ? converter.fromWhatsApp : []));

/** The content of a message that was taken out of its wrappings; undefined where it has none for people to see. */
export const contentFromWhatsApp = (message: proto.IMessage): ReceivedContent | undefined => {
  for (const read of readers) {
    const content = read(message);
    if (content) return content;
  }
  return undefined;
};
