import { Readable } from 'node:stream';
import { isPhoto, jpegOf } from '#lib/pictures';
import type { SentMedia } from '../content/media.content.js';

const quality = 60;
const ofFile = { maxSide: 72, maxBytes: 8 * 1024 };

/** How large a small picture may be: its sides in pixels. */
type Size = { readonly maxSide: number; readonly maxBytes: number };

/**
 * The small picture that phones show until they have the file: a JPEG in base64. Null where there is none: of what is no picture, opens only
 * once, or cannot be read.
 */
export const thumbnailOf = async (
  { type, viewOnce }: Pick<SentMedia, 'type' | 'viewOnce'>,
  open: () => Promise<Readable>,
): Promise<string | null> => (type === 'image' && !viewOnce ? made(open, ofFile) : null);

/** A picture that somebody else has made, as a JPEG in base64; null where it is none, or cannot be read. */
export const smallJpegOf = async (picture: Uint8Array, size: Size): Promise<string | null> =>
  (await isPhoto(picture)) ? made(async () => Readable.from([picture]), size) : null;

const made = async (open: () => Promise<Readable>, { maxSide, maxBytes }: Size): Promise<string | null> => {
  const jpeg = await jpegOf(open, { maxSide, fit: 'inside', quality });
  return jpeg && jpeg.length <= maxBytes ? jpeg.toString('base64') : null;
};
