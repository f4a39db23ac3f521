import type { Readable } from 'node:stream';
import { DomainError } from '#lib/event-sourcing';
import { jpegOf } from '#lib/pictures';
import type { Media } from '../../media/media.contract.js';

/** From the best one on, until it is small enough. Phones send photos in high definition with up to 4096 pixels. */
const forms = [
  { maxSide: 4096, quality: 85 },
  { maxSide: 2560, quality: 80 },
  { maxSide: 1600, quality: 75 },
  { maxSide: 1024, quality: 60 },
  { maxSide: 512, quality: 50 },
] as const;

/** A picture as a JPEG of at most `maxBytes`, never enlarged. @throws {DomainError} `media_type_refused`, `media_too_large` */
export const photoOf = async (
  { width, height }: Pick<Media, 'width' | 'height'>,
  open: () => Promise<Readable>,
  maxBytes: number,
): Promise<Buffer> => {
  const longestSide = Math.max(width ?? 0, height ?? 0) || Infinity;
  for (const { maxSide, quality } of forms) {
    const form = { maxSide: Math.min(maxSide, longestSide), fit: 'inside', quality, isWhole: true } as const;
    const jpeg = await jpegOf(open, form);
    if (!jpeg)
      throw new DomainError(
        'refused',
        'media_type_refused',
        'The picture cannot be converted: it is damaged, or of a format that is not read here',
      );
    if (jpeg.length <= maxBytes) return jpeg;
  }
  throw new DomainError('refused', 'media_too_large', 'The picture has too many bytes, however far it is scaled down');
};
