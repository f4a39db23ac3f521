import type { OutgoingEdit, OutgoingRevocation } from './content/change.js';
import type { Contact } from './content/contact.js';
import type { Location } from './content/location.js';
import type { OutgoingMedia, ReceivedMedia } from './content/media.js';
import type { Poll } from './content/poll.js';
import type { OutgoingReaction } from './content/reaction.js';
import type { OutgoingText, ReceivedText } from './content/text.js';
import type { UnreadableContent } from './content/unreadable.js';
import type { UnsupportedContent } from './content/unsupported.js';

export { contentLimits } from './content/limits.js';
export type { Mentions } from './content/mentions.js';
export type { QuotedContent } from './content/quoted.js';
export { statusFonts } from './content/text.js';
export type { MediaForm, MediaKind, MediaReference, OutgoingMedia, UploadedMedia } from './content/media.js';

/** Every kind of content: as it is sent, where that is possible, and as it is received. */
export type ContentKinds = {
  readonly text: { readonly outgoing: OutgoingText; readonly received: ReceivedText };
  readonly image: { readonly outgoing: OutgoingMedia<'image'>; readonly received: ReceivedMedia<'image'> };
  readonly video: { readonly outgoing: OutgoingMedia<'video'>; readonly received: ReceivedMedia<'video'> };
  readonly audio: { readonly outgoing: OutgoingMedia<'audio'>; readonly received: ReceivedMedia<'audio'> };
  readonly document: { readonly outgoing: OutgoingMedia<'document'>; readonly received: ReceivedMedia<'document'> };
  readonly sticker: { readonly outgoing: OutgoingMedia<'sticker'>; readonly received: ReceivedMedia<'sticker'> };
  readonly location: { readonly outgoing: Location; readonly received: Location };
  readonly contact: { readonly outgoing: Contact; readonly received: Contact };
  readonly poll: { readonly outgoing: Poll; readonly received: Poll };
  readonly reaction: { readonly outgoing: OutgoingReaction };
  readonly edit: { readonly outgoing: OutgoingEdit };
  readonly revocation: { readonly outgoing: OutgoingRevocation };
  readonly unreadable: { readonly received: UnreadableContent };
  readonly unsupported: { readonly received: UnsupportedContent };
};

type InDirection<Direction extends 'outgoing' | 'received'> = {
  [Kind in keyof ContentKinds]: ContentKinds[Kind] extends { readonly [D in Direction]: infer Content }
    ? Content
    : never;
}[keyof ContentKinds];

/** The content of a message that is sent from here. */
export type OutgoingContent = InDirection<'outgoing'>;

/** The content of a message from WhatsApp. */
export type ReceivedContent = InDirection<'received'>;
