import { randomBytes } from 'node:crypto';
import sharp from 'sharp';

/** A picture of noise, so that no two are the same, in a format. */
export const newPicture = (format: 'png' | 'jpeg' | 'webp', width = 40, height = 30): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
