import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';

/** What WhatsApp shows at the most. */
const sidePixels = 640;
const maxPixels = 50_000_000;
const quality = 85;

/** One at a time: each may take a hundred megabytes for a moment. */
const converting = keyedQueue();

/** The middle of a picture, as a square JPEG. @throws {DomainError} `media_type_refused` */
export const squareOf = (picture: Readable): Promise<Buffer> => converting.run('', () => made(picture));

const made = async (picture: Readable): Promise<Buffer> => {
  const { default: sharp } = await import('sharp');
  const square = sharp({ limitInputPixels: maxPixels, failOn: 'truncated' })
    .autoOrient()
    .resize(sidePixels, sidePixels, { fit: 'cover' })
    .flatten({ background: 'white' })
    .jpeg({ quality });
  try {
    const [jpeg] = await Promise.all([square.toBuffer(), pipeline(picture, square)]);
    return jpeg;
  } catch {
    throw new DomainError('refused', 'media_type_refused', 'The file is no picture that can be shown');
  }
};
