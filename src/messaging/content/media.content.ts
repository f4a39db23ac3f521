import { z } from 'zod';
import type { ContentKind } from './content-kind.js';
import { mediaReference } from './media-reference.js';
import { line, longText } from './received-values.js';

const described = {
  mimeType: line.nullable(),
  caption: longText.nullable(),
  fileName: line.nullable(),
  size: z.int().min(0).nullable(),
  voice: z.boolean(),
};

const ShownMedia = z.object({ ...described, size: described.size.describe('In bytes, as stated by the sender.') });
type ShownMedia = z.output<typeof ShownMedia>;

const media = <Kind extends string>(type: Kind, example: Pick<ShownMedia, 'mimeType'> & Partial<ShownMedia>) => {
  const received = z.object({ type: z.literal(type), media: mediaReference(type), ...described });
  return {
    sent: null,
    received,
    shown: {
      schema: ShownMedia,
      of: ({ mimeType, caption, fileName, size, voice }) => ({ mimeType, caption, fileName, size, voice }),
      example: { caption: null, fileName: null, size: 48_213, voice: false, ...example },
    },
    wordsOf: ({ caption }) => caption,
    mediaOf: ({ media }) => [media],
  } satisfies ContentKind<z.output<typeof received>, ShownMedia>;
};

export const image = media('image', { mimeType: 'image/jpeg', caption: 'The new shop' });
export const video = media('video', { mimeType: 'video/mp4', caption: 'How to assemble it' });
export const audio = media('audio', { mimeType: 'audio/ogg; codecs=opus', voice: true });
export const document = media('document', { mimeType: 'application/pdf', fileName: 'invoice-4711.pdf' });
export const sticker = media('sticker', { mimeType: 'image/webp' });
