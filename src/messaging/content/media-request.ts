import { z } from 'zod';
import type { MediaForm, MediaKind, Mentions } from '#lib/whatsapp';
import { isPlainLine, isPlainText } from './characters.rules.js';
import { newMentions, requestedMentions } from './mentions.js';

const limits = {
  /** WhatsApp's Cloud API takes no longer ones. */
  captionCharacters: 1024,
  fileNameCharacters: 240,
  urlCharacters: 4096,
  /** Of 8 MB in base64, with some room: the exact bound is told with its own code. */
  dataCharacters: 12 * 1024 * 1024,
};

/** Where a file that is to be sent comes from. */
export type MediaSource = { readonly mediaId: string } | { readonly url: string } | { readonly data: string };

/** A file as it is asked to be sent: what it is in full is found out at acceptance. */
export type MediaRequest = ReturnType<typeof requestedMentions> & {
  readonly type: MediaKind;
  readonly source: MediaSource;
  /** As the sender says. */
  readonly mimeType: string | undefined;
  readonly fileName: string | undefined;
  readonly caption: string | null;
  readonly viewOnce: boolean;
  readonly form: MediaForm;
  /** Makes of it what WhatsApp plays, where it is something else, or of a picture a JPEG that is small enough. */
  readonly convert: boolean;
};

/** With these, `gpj.exe` reads as `exe.jpg`. */
const turning = /[\u202a-\u202e\u2066-\u2069]/;

const base = {
  mediaId: z.uuid().exactOptional().describe('A file that was uploaded by `POST /v1/media`, or received.'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(limits.urlCharacters)
    .exactOptional()
    .describe('Fetched once, when the message is accepted; from public addresses only.'),
  data: z.string().min(1).max(limits.dataCharacters).exactOptional().describe('The file in base64: at most 8 MB.'),
  mimeType: z
    .string()
    .max(255)
    .refine(isPlainLine, 'Must not have control characters')
    .exactOptional()
    .describe('Believed only where the content does not tell.'),
  fileName: z
    .string()
    .min(1)
    .max(limits.fileNameCharacters)
    .refine(isPlainLine, 'Must not have control characters')
    .refine((name) => !/[/\\]/.test(name) && !/^\.+$/.test(name), 'Must be a name without a path')
    .refine((name) => name.trim() !== '', 'Must not be blank')
    .refine((name) => !turning.test(name), 'Must not have characters that turn the direction of writing')
    .exactOptional()
    .describe('As people see it; by default that of the file.'),
  convert: z
    .boolean()
    .exactOptional()
    .describe(
      'A voice message becomes Ogg with Opus, other audio and a video MP4, where it is something that phones do not play. A picture that is too large, or neither JPEG nor PNG, becomes a JPEG that fits: PNG, JPEG, WebP, GIF, AVIF and TIFF are read. One of another format (HEIC, BMP), and an animated one, is sent as it is where it is not too large; an animated one that is becomes a JPEG of its first frame. Default: false.',
    ),
};

const caption = z
  .string()
  .max(limits.captionCharacters)
  .refine(isPlainText, 'Must not have control characters')
  .exactOptional();
const viewOnce = z.boolean().exactOptional().describe('It can be opened once. Default: false.');
const voice = z
  .boolean()
  .exactOptional()
  .describe('Send it as a voice message, with its waveform: Ogg with Opus. Default: false.');
const gif = z.boolean().exactOptional().describe('It repeats without sound. Default: false.');
const note = z.boolean().exactOptional().describe('A round video. Default: false.');

/** What only some kinds have. */
const more = {
  image: { caption, ...newMentions, viewOnce },
  video: { caption, ...newMentions, viewOnce, gif, note },
  audio: { viewOnce, voice },
  document: { caption, ...newMentions },
  sticker: {},
} as const satisfies { readonly [Kind in MediaKind]: z.ZodRawShape };

/** A file in a request. */
export type NewMedia = Partial<
  Mentions & {
    readonly mediaId: string;
    readonly url: string;
    readonly data: string;
    readonly mimeType: string;
    readonly fileName: string;
    readonly convert: boolean;
    readonly caption: string;
    readonly viewOnce: boolean;
    readonly voice: boolean;
    readonly gif: boolean;
    readonly note: boolean;
  }
>;

const idOf = {
  image: 'NewImage',
  video: 'NewVideo',
  audio: 'NewAudio',
  document: 'NewDocument',
  sticker: 'NewSticker',
};

/** How a kind of file is requested. */
export const newMedia = (type: MediaKind, example: NewMedia) => ({
  request: z
    .strictObject({ ...base, ...more[type] })
    .refine((file) => sourcesOf(file).length === 1, 'Give exactly one of mediaId, url and data')
    .refine((file: NewMedia) => !(file.gif && file.note), { error: 'Only one of gif and note', path: ['note'] })
    .meta({ id: idOf[type] }) as unknown as z.ZodType<NewMedia>,
  example,
  contentOf: (file: NewMedia): MediaRequest => ({
    type,
    source: sourcesOf(file)[0] ?? { mediaId: '' },
    mimeType: file.mimeType,
    fileName: file.fileName,
    caption: file.caption || null,
    ...requestedMentions(file),
    viewOnce: file.viewOnce ?? false,
    form: formOf(file),
    convert: file.convert ?? false,
  }),
});

const sourcesOf = ({ mediaId, url, data }: NewMedia): readonly MediaSource[] => [
  ...(mediaId === undefined ? [] : [{ mediaId }]),
  ...(url === undefined ? [] : [{ url }]),
  ...(data === undefined ? [] : [{ data }]),
];

const formOf = ({ voice, gif, note }: NewMedia): MediaRequest['form'] => {
  if (voice) return 'voice';
  if (gif) return 'gif';
  return note ? 'note' : 'plain';
};
