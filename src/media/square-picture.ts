import type { Readable } from 'node:stream';
import { DomainError } from '#lib/event-sourcing';
import { jpegOf } from '#lib/pictures';

/** What WhatsApp shows at the most. */
const form = { maxSide: 640, fit: 'cover', quality: 85, isWhole: true } as const;

/** The middle of a picture, as a square JPEG. @throws {DomainError} `media_type_refused` */
export const squareOf = async (picture: Readable): Promise<Buffer> => {
  const jpeg = await jpegOf(async () => picture, form);
  if (jpeg) return jpeg;
  throw new DomainError('refused', 'media_type_refused', 'The file is no picture that can be shown');
};
