import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { keyedQueue } from '#lib/async';
import type { SentMedia } from '../content/media.content.js';

const jpegQuality = 60;
/** A larger one takes too much memory to decode. */
const maxPixels = 50_000_000;
const ofFile = { maxSidePixels: 72, maxBytes: 8 * 1024 };

/** How large a small picture may be. */
type Size = { readonly maxSidePixels: number; readonly maxBytes: number };

/** One at a time: each may take a hundred megabytes for a moment. */
const decoding = keyedQueue();

/**
 * The small picture that phones show until they have the file: a JPEG in base64. Null where there is none: of what is no picture, opens only
 * once, or cannot be read.
 */
export const thumbnailOf = async (
  { type, viewOnce }: Pick<SentMedia, 'type' | 'viewOnce'>,
  open: () => Promise<Readable>,
): Promise<string | null> => (type === 'image' && !viewOnce ? made(open, ofFile) : null);

const photoFormats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif']);

/** A picture that somebody else has made, as a JPEG in base64; null where it is none, or cannot be read. */
export const smallJpegOf = async (picture: Uint8Array, size: Size): Promise<string | null> => {
  const { default: sharp } = await import('sharp');
  const { format } = await sharp(picture, { limitInputPixels: maxPixels })
    .metadata()
    .catch(() => ({ format: '' }));
  return photoFormats.has(format) ? made(async () => Readable.from([picture]), size) : null;
};

const made = (open: () => Promise<Readable>, { maxSidePixels, maxBytes }: Size): Promise<string | null> =>
  decoding.run('', async () => {
    const picture = await open();
    const { default: sharp } = await import('sharp');
    const small = sharp({ limitInputPixels: maxPixels })
      .autoOrient()
      .resize(maxSidePixels, maxSidePixels, { fit: 'inside' })
      .flatten({ background: 'white' })
      .jpeg({ quality: jpegQuality });
    try {
      const [jpeg] = await Promise.all([small.toBuffer(), pipeline(picture, small)]);
      return jpeg.length > maxBytes ? null : jpeg.toString('base64');
    } catch {
      return null; // the message is sent without one
    }
  });
