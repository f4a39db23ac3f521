import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { keyedQueue } from '#lib/async';

/** How a picture is made smaller. */
export type JpegForm = {
  /** In pixels. */
  readonly maxSide: number;
  /** `inside` keeps all of it; `cover` cuts off what makes it no square. */
  readonly fit: 'inside' | 'cover';
  /** From 1 to 100. */
  readonly quality: number;
  /** Whether a file that breaks off is no picture. By default, what is there is shown. */
  readonly isWhole?: boolean;
};

/** A larger one takes too much memory to decode. */
const maxPixels = 50_000_000;

/** One at a time: each may take a hundred megabytes for a moment. */
const decoding = keyedQueue();

const photoFormats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif']);

/** Whether a file says that it is a picture of dots, such as phones show. */
export const isPhoto = async (file: Uint8Array): Promise<boolean> => {
  const { default: sharp } = await import('sharp');
  try {
    return photoFormats.has((await sharp(file, { limitInputPixels: maxPixels }).metadata()).format);
  } catch {
    return false;
  }
};

/** A picture as a JPEG, upright and on white; null where it is none that can be read. Opened when it is its turn. @throws what `open` throws */
export const jpegOf = (
  open: () => Promise<Readable>,
  { maxSide, fit, quality, isWhole = false }: JpegForm,
): Promise<Buffer | null> =>
  decoding.run('', async () => {
    const picture = await open();
    const { default: sharp } = await import('sharp'); // here: most starts of the service need none
    const jpeg = sharp({ limitInputPixels: maxPixels, ...(isWhole && { failOn: 'truncated' }) })
      .autoOrient()
      .resize(maxSide, maxSide, { fit })
      .flatten({ background: 'white' })
      .jpeg({ quality });
    try {
      const [bytes] = await Promise.all([jpeg.toBuffer(), pipeline(picture, jpeg)]);
      return bytes;
    } catch {
      return null;
    }
  });
