import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import type { Media } from '../../media/media.contract.js';

const sidePixels = 512;
/** What WhatsApp takes. */
const maxBytes = { still: 100 * 1024, animated: 500 * 1024 };
const maxPixels = 50_000_000;
/** From the best one on, until it is small enough. */
const qualities = [80, 60, 40, 20, 5];

/** Each may take a hundred megabytes for a moment. */
const maxConcurrent = 2;
const making = keyedQueue({ maxConcurrent });

/** Whether a file is a sticker as WhatsApp wants it, and is sent untouched. */
export const fitsAsSticker = async (
  { mimeType, width, height, size }: Pick<Media, 'mimeType' | 'width' | 'height' | 'size'>,
  open: () => Promise<Readable>,
): Promise<boolean> => {
  const isRight = mimeType === 'image/webp' && width === sidePixels && height === sidePixels;
  if (!isRight || size > maxBytes.animated) return false;
  return size <= maxBytes.still || (await isAnimated(await open()));
};

/** Whether a picture moves. */
export const isAnimated = async (picture: Readable): Promise<boolean> => {
  const { default: sharp } = await import('sharp');
  const reader = sharp({ limitInputPixels: maxPixels });
  const [{ pages = 1 }] = await Promise.all([reader.metadata(), pipeline(picture, reader)]);
  return pages > 1;
};

/**
 * A sticker of a picture, fitted into a transparent square. One of each user at a time, and two of all; users take turns. The picture is opened
 * when it is its turn. @throws {DomainError} `media_type_refused`, `media_too_large`
 */
export const stickerOf = (userId: string, open: () => Promise<Readable>): Promise<Buffer> =>
  making.run(userId, async () => made(await open()));

const made = async (picture: Readable): Promise<Buffer> => {
  const { default: sharp } = await import('sharp');
  const source = sharp({ limitInputPixels: maxPixels, animated: true });
  const transparent = { r: 0, g: 0, b: 0, alpha: 0 };
  try {
    const [{ pages = 1 }] = await Promise.all([source.metadata(), pipeline(picture, source)]);
    const limit = pages > 1 ? maxBytes.animated : maxBytes.still;
    for (const quality of qualities) {
      const square = source.clone().resize(sidePixels, sidePixels, { fit: 'contain', background: transparent });
      const webp = await square.webp({ quality, effort: 4 }).toBuffer();
      if (webp.length <= limit) return webp;
    }
  } catch {
    throw new DomainError('refused', 'media_type_refused', 'No sticker can be made of the file');
  }
  throw new DomainError('refused', 'media_too_large', 'The sticker that is made of the file has too many bytes');
};
