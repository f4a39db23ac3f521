import { z } from 'zod';
import type { MediaKind, Mentions } from '#lib/whatsapp';
import type { ContentKind } from './content-kind.js';
import { exampleFiles } from './media-examples.js';
import { mediaForm, mediaReference } from './media-reference.js';
import { newMedia, type MediaRequest, type NewMedia } from './media-request.js';
import { forwardedMentions, mentioningNobody, mentionsShown, recordedMentions, shownMentions } from './mentions.js';
import { line, longText } from './received-values.js';

const described = {
  mimeType: line.nullable(),
  caption: longText.nullable(),
  fileName: line.nullable(),
  size: z.int().min(0).nullable(),
};

/** What is recorded of a file that is sent: the file is fixed at acceptance, whatever it came from. */
const sentMedia = <Kind extends MediaKind>(type: Kind) =>
  z.object({
    type: z.literal(type),
    mediaId: z.uuid(),
    mimeType: line,
    /** In bytes. */
    size: z.int().min(0),
    /** In hex. */
    sha256: z.string().length(64),
    fileName: line.nullable(),
    caption: longText.nullable(),
    ...recordedMentions,
    width: z.int().min(0).nullable(),
    height: z.int().min(0).nullable(),
    seconds: z.int().min(0).nullable(),
    viewOnce: z.boolean(),
    form: mediaForm,
  });

/** A file that is sent, as the log has it. */
export type SentMedia = {
  readonly [Kind in MediaKind]: Readonly<z.output<ReturnType<typeof sentMedia<Kind>>>>;
}[MediaKind];

const ShownMedia = z.object({
  mediaId: z.uuid().optional().describe('The file, in `GET /v1/media/{id}`, which fetches one that is `pending`.'),
  ...described,
  ...shownMentions,
  voice: z.boolean(),
  size: described.size.describe('In bytes; of received files as stated by the sender.'),
  sha256: z.string().optional().describe('Of the file, in hex.'),
  width: z.int().nullable().optional().describe('In pixels.'),
  height: z.int().nullable().optional().describe('In pixels.'),
  seconds: z.int().nullable().optional().describe('How long it plays.'),
  viewOnce: z.boolean().optional().describe('It can be opened once.'),
  gif: z.boolean().optional().describe('A video that repeats without sound.'),
  note: z.boolean().optional().describe('A round video.'),
  state: z.enum(['ready', 'pending', 'unavailable']).optional().describe('Whether the file can be had here.'),
  reason: z.string().optional().describe('Why it is `unavailable`.'),
});
type ShownMedia = z.output<typeof ShownMedia>;

const shownOfSent = (content: SentMedia): ShownMedia => {
  const { type: _type, form, mentions: _mentions, ...file } = content;
  return { ...file, ...mentionsShown(content), ...shownForm(form), state: 'ready' };
};

const shownForm = (form: SentMedia['form']) => ({
  voice: form === 'voice',
  gif: form === 'gif',
  note: form === 'note',
});

/** A voice message has to be Ogg with Opus. People may send another one, which is then forwarded as audio. */
const forwardedForm = (form: SentMedia['form'], mimeType: string | null): SentMedia['form'] =>
  form === 'voice' && !mimeType?.includes('opus') ? 'plain' : form;

const media = <Kind extends MediaKind>(
  type: Kind,
  requested: NewMedia,
  example: Pick<ShownMedia, 'mimeType'> & Partial<ShownMedia>,
  isShownInStatus: (form: SentMedia['form']) => boolean,
) => {
  const received = z.object({
    type: z.literal(type),
    media: mediaReference(type),
    ...described,
    form: mediaForm,
    viewOnce: z.boolean(),
  });
  const event = sentMedia(type);
  type Received = z.output<typeof received> & Mentions;
  type Sent = z.output<typeof event>;
  return {
    sent: { event, ...newMedia(type, requested) },
    received,
    shown: {
      schema: ShownMedia,
      of: (content) => {
        if ('mediaId' in content) return shownOfSent(content as SentMedia);
        const { mimeType, caption, fileName, size, viewOnce } = content;
        return { mimeType, caption, fileName, size, viewOnce, ...shownForm(content.form), ...mentionsShown(content) };
      },
      example: { caption: null, fileName: null, size: 48_213, voice: false, ...example },
    },
    wordsOf: ({ caption }) => caption,
    quoted: ({ mimeType, fileName, form, viewOnce, ...content }, ofFile) => {
      const seconds = ('seconds' in content ? content.seconds : null) ?? ofFile;
      return { type, form, mimeType, fileName, seconds, viewOnce };
    },
    forwarded: (content, mediaId) => {
      if (content.viewOnce) return undefined;
      if (!('mediaId' in content)) {
        const { caption, mimeType } = content;
        const plain = { mimeType: undefined, fileName: undefined, viewOnce: false, convert: false };
        return { type, source: { mediaId }, ...plain, caption, form: forwardedForm(content.form, mimeType) };
      }
      const { mentions: _mentions, mentionAll: _mentionAll, ...file } = content;
      return { ...file, ...forwardedMentions(content) };
    },
    // Phones send an edited caption as a file without its key, or with all that they know of it: its place here must not be lost.
    edited: (content, words) => ({ ...mentioningNobody(content), caption: words || null }),
    asEdit: ({ caption }) => ({ type: 'text', body: caption ?? '' }),
    mentions: (content) => content,
    posted: {
      inStatus: ({ viewOnce, form }) => !viewOnce && isShownInStatus(form),
      inChannels: ({ viewOnce, form }) => !viewOnce && form !== 'note',
    },
    mediaOf: (content) => ('media' in content ? [content.media] : []),
    sentFile: (content) => {
      if (!('mediaId' in content)) return undefined;
      const { mediaId, sha256, size } = content;
      return { mediaId, sha256, size };
    },
  } satisfies ContentKind<Received | Sent, ShownMedia, NewMedia, MediaRequest>;
};

const { image: picture, video: film, voice, document: paper } = exampleFiles;
const shop = { caption: 'The new shop' };
const assembly = { caption: 'How to assemble it' };
const invoice = { fileName: 'invoice-4711.pdf' };

const always = (): boolean => true;
const never = (): boolean => false;

export const image = media('image', { data: picture, ...shop }, { mimeType: 'image/jpeg', ...shop }, always);
export const video = media(
  'video',
  { data: film, ...assembly },
  { mimeType: 'video/mp4', ...assembly },
  (form) => form !== 'note',
);
export const audio = media(
  'audio',
  { data: voice, voice: true },
  { mimeType: 'audio/ogg; codecs=opus', voice: true },
  (form) => form === 'voice',
);
export const document = media(
  'document',
  { data: paper, ...invoice },
  { mimeType: 'application/pdf', ...invoice },
  never,
);
export const sticker = media('sticker', { data: picture }, { mimeType: 'image/webp' }, never);

/** The same of all kinds. */
export const SentMedia = z.discriminatedUnion('type', [
  image.sent.event,
  video.sent.event,
  audio.sent.event,
  document.sent.event,
  sticker.sent.event,
]);

/** Whether a content that is sent consists of a file. */
export const isSentMedia = <Content extends { readonly type: string }>(
  content: Content,
): content is Extract<Content, { readonly mediaId: string; readonly form: string }> =>
  'mediaId' in content && 'form' in content;
