import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { keyedQueue } from '#lib/async';
import type { SentMedia } from '../content/media.content.js';

const maxSidePixels = 72;
const jpegQuality = 60;
const maxThumbnailBytes = 8 * 1024;
/** A larger one takes too much memory to decode. */
const maxPixels = 50_000_000;

/** One at a time: each may take a hundred megabytes for a moment. */
const decoding = keyedQueue();

/**
 * The small picture that phones show until they have the file: a JPEG in base64. Null where there is none: of what is no picture, opens only
 * once, or cannot be read.
 */
export const thumbnailOf = async (
  { type, viewOnce }: Pick<SentMedia, 'type' | 'viewOnce'>,
  open: () => Promise<Readable>,
): Promise<string | null> => (type === 'image' && !viewOnce ? decoding.run('', async () => made(await open())) : null);

const made = async (picture: Readable): Promise<string | null> => {
  const { default: sharp } = await import('sharp');
  const small = sharp({ limitInputPixels: maxPixels })
    .autoOrient()
    .resize(maxSidePixels, maxSidePixels, { fit: 'inside' })
    .flatten({ background: 'white' })
    .jpeg({ quality: jpegQuality });
  try {
    const [jpeg] = await Promise.all([small.toBuffer(), pipeline(picture, small)]);
    return jpeg.length > maxThumbnailBytes ? null : jpeg.toString('base64');
  } catch {
    return null; // the message is sent without one
  }
};
