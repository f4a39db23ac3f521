import type { proto } from '@whiskeysockets/baileys';
import type { ContentKinds, OutgoingContent, ReceivedContent } from '../../content.js';
import { plainMessage } from './business.js';
import { edit, revocation } from './change.js';
import { contact } from './contact.js';
import type { ReceivedSecrets } from '../received-secrets.js';
import type { ContentConverter, Sendable, ToWhatsAppContext } from './converter.js';
import { location } from './location.js';
import { audio, document, image, sticker, video } from './media.js';
import { poll } from './poll.js';
import { reaction } from './reaction.js';
import { text } from './text.js';
import { unreadable } from './unreadable.js';
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
  reaction,
  edit,
  revocation,
  unreadable,
  unsupported,
};

export const contentToWhatsApp = (content: OutgoingContent, context: ToWhatsAppContext): Sendable => {
  const toWhatsApp = converters[content.type].toWhatsApp as (
    content: OutgoingContent,
    context: ToWhatsAppContext,
  ) => Sendable;
  return toWhatsApp(content, context);
};

type Seal = Pick<ReceivedSecrets, 'seal'>;

type Reader = (message: proto.IMessage, secrets: Seal, isEdit: boolean) => ReceivedContent | undefined;

const readers: readonly Reader[] = Object.values(converters).flatMap((converter) =>
  'fromWhatsApp' in converter ? converter.fromWhatsApp : [],
);

/**
 * The content of a message that was taken out of its wrappings; undefined where it has none for people to see. `isEdit`: it is what another one
 * says after an edit, so that a file may lack its key and its place.
 */
export const contentFromWhatsApp = (
  message: proto.IMessage,
  secrets: Seal,
  isEdit = false,
): ReceivedContent | undefined => {
  const plain = plainMessage(message);
  for (const read of readers) {
    const content = read(plain, secrets, isEdit);
    if (content) return content;
  }
  return undefined;
};
