import { z } from 'zod';
import type { Mentions, QuotedContent } from '#lib/whatsapp';
import { contact } from './contact.content.js';
import type { ContentKind, LibraryFile } from './content-kind.js';
import { location } from './location.content.js';
import { audio, document, image, SentMedia, sticker, video } from './media.content.js';
import type { MediaReference } from './media-reference.js';
import type { MediaRequest } from './media-request.js';
import { mentionsShown } from './mentions.js';
import { poll } from './poll.content.js';
import { reaction } from './reaction.content.js';
import { text } from './text.content.js';
import { unreadable } from './unreadable.content.js';
import { unsupported } from './unsupported.content.js';

/** The kinds of content. This is the only list of them: everything else follows from it. */
export const kinds = {
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
  unreadable,
  unsupported,
};
type Kinds = typeof kinds;

export type MessageType = keyof Kinds;
export const messageTypes = Object.keys(kinds) as readonly MessageType[];

/** The kinds of which a part is not null. */
export type TypeWith<Part extends keyof Kinds[MessageType]> = {
  [Type in MessageType]: Kinds[Type][Part] extends null ? never : Type;
}[MessageType];

export const typesWith = <Part extends keyof Kinds[MessageType]>(part: Part): readonly TypeWith<Part>[] =>
  messageTypes.filter((type): type is TypeWith<Part> => kinds[type][part] !== null);

type OutgoingSchema = Kinds[TypeWith<'sent'>]['sent']['event'];
const outgoing = typesWith('sent').map((type): OutgoingSchema => kinds[type].sent.event);

/** The content of a message that is sent from here. */
export const OutgoingContent = z.discriminatedUnion('type', outgoing as [OutgoingSchema, ...OutgoingSchema[]]);
export type OutgoingContent = Readonly<z.output<typeof OutgoingContent>>;

/** What a user asks to be sent: content as it is recorded, or what is still to be made of it. */
export type RequestedContent = OutgoingContent | MediaRequest;

type ReceivedSchema = Kinds[TypeWith<'received'>]['received'];
const received = typesWith('received').map((type): ReceivedSchema => kinds[type].received);

/** The content of a message from WhatsApp. */
export const ReceivedContent = z.discriminatedUnion('type', received as [ReceivedSchema, ...ReceivedSchema[]]);
export type ReceivedContent = Readonly<z.output<typeof ReceivedContent>>;

/** What a message says after an edit: one with a file keeps it, whether that came from WhatsApp or was sent from here. */
export const EditedContent = z.union([ReceivedContent, SentMedia]);
export type EditedContent = Readonly<z.output<typeof EditedContent>>;

type Content = OutgoingContent | ReceivedContent;

/** The compiler cannot see that a kind fits the content whose type names it. */
const kindOf = ({ type }: { readonly type: MessageType }) =>
  kinds[type] as unknown as ContentKind<Content, unknown, never, RequestedContent>;

/** What the API shows of each kind, in a field with its name. */
export type ShownContent = {
  [Type in TypeWith<'shown'>]?: z.output<Kinds[Type]['shown']['schema']>;
};

export const shownContentOf = (content: Content): ShownContent => {
  const { shown } = kindOf(content);
  return shown === null ? {} : { [content.type]: shown.of(content) };
};

/** The text that searches look into; null where there is none. */
export const wordsOf = (content: Content): string | null => kindOf(content).wordsOf(content);

/** The message that it answers by itself; undefined where only `replyTo` may say so. */
export const answeredBy = (content: RequestedContent): string | undefined =>
  'source' in content ? undefined : kindOf(content).answers?.(content);

/** What a reply shows of it, beside its words; undefined where it is nothing else. `seconds`: how long its file plays, where that was received. */
export const quotedContentOf = (content: Content, seconds: number | null): QuotedContent | undefined =>
  kindOf(content).quoted?.(content, seconds);

/** What is sent when a message with it is forwarded; undefined where it cannot be. `mediaId`: of its file, where it was received. */
export const forwardedOf = (content: Content, mediaId: string): RequestedContent | undefined =>
  kindOf(content).forwarded?.(content, mediaId) as RequestedContent | undefined;

/**
 * What a message says after an edit; undefined where nothing of it changes. `before`: what it said at first; null where that is not known. Mentions are
 * the edit's own.
 */
export const editedContent = <Before extends Content>(
  before: Before | null,
  edit: EditedContent,
): Before | ReceivedContent | undefined => {
  const words = kindOf(edit).asEdit?.(edit);
  const edited = before && kindOf(before).edited;
  if (edited) return words && (edited(before, words.body) as Before);
  return words ?? (edit as ReceivedContent); // files, which may be sent ones, have words
};

/** Those whom its words mention. */
export const mentionsIn = (content: Content | RequestedContent): Mentions => kindOf(content).mentions?.(content) ?? {};

/** A content with those whom it mentions, as far as its kind shows them. */
export const withMentions = <Any extends Content>(content: Any, mentions: Mentions): Any =>
  kindOf(content).mentions === null ? content : { ...content, ...mentionsShown(mentions) };

/** Whether it can be posted in the status, or in channels. */
export const isForStatus = (content: RequestedContent): boolean => kindOf(content).posted.inStatus(content);
export const isForChannels = (content: RequestedContent): boolean => kindOf(content).posted.inChannels(content);

/** The file of the user's library that it consists of, where it is sent from here. */
export const sentFileOf = (content: Content): LibraryFile | undefined => kindOf(content).sentFile(content);

/** The files that it consists of, where it was received. */
export const mediaOf = (content: Content): readonly MediaReference[] => kindOf(content).mediaOf(content);
