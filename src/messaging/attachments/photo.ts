import type { Readable } from 'node:stream';
import { DomainError } from '#lib/event-sourcing';
import { jpegOf } from '#lib/pictures';
import type { Media } from '../../media/media.contract.js';
import { isAnimated } from './sticker.js';

/** From the best one on, until it is small enough. Phones send photos in high definition with up to 4096 pixels. */
const forms = [
  { maxSide: 4096, quality: 85 },
  { maxSide: 2560, quality: 80 },
  { maxSide: 1600, quality: 75 },
  { maxSide: 1024, quality: 60 },
  { maxSide: 512, quality: 50 },
] as const;

/**
 * A picture as a JPEG of at most `maxBytes`, never enlarged. Null where it is to be sent as it is, since it fits: it moves, or is of a format that
 * is not read here. @throws {DomainError} `media_type_refused`, `media_too_large`: it does not fit, and no JPEG of it does
 */
export const photoOf = async (
  { mimeType, size, width, height }: Pick<Media, 'mimeType' | 'size' | 'width' | 'height'>,
  open: () => Promise<Readable>,
  maxBytes: number,
): Promise<Buffer | null> => {
  const fits = size <= maxBytes;
  if (fits && (await moves(mimeType, open))) return null;
  const longestSide = Math.max(width ?? 0, height ?? 0) || Infinity;
  for (const { maxSide, quality } of forms) {
    const form = { maxSide: Math.min(maxSide, longestSide), fit: 'inside', quality, isWhole: true } as const;
    const jpeg = await jpegOf(open, form);
    if (!jpeg && fits) return null;
    if (!jpeg) throw notConverted(maxBytes);
    if (jpeg.length <= maxBytes) return jpeg;
  }
  throw new DomainError('refused', 'media_too_large', 'The picture has too many bytes, however far it is scaled down');
};

/** A JPEG of it would stand still. */
const moves = async (mimeType: string, open: () => Promise<Readable>): Promise<boolean> => {
  if (mimeType === 'image/apng') return true;
  if (mimeType !== 'image/gif' && mimeType !== 'image/webp') return false;
  const picture = await open();
  return isAnimated(picture).catch(() => false); // what cannot be read is not converted either
};

const notConverted = (maxBytes: number): DomainError =>
  new DomainError(
    'refused',
    'media_type_refused',
    `The picture has more than ${maxBytes} bytes, and cannot be converted: it is damaged, or of a format that is not read here`,
  );
