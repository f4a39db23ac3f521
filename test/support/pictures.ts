import { randomBytes } from 'node:crypto';
import sharp from 'sharp';

/** A picture of noise, so that no two are the same, in a format. */
export const newPicture = (format: 'png' | 'jpeg' | 'webp', width = 40, height = 30): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();

/** A square picture of noise that moves: two frames. */
export const newAnimation = (format: 'gif' | 'webp', sidePixels: number): Promise<Buffer> =>
  sharp(randomBytes(sidePixels * sidePixels * 2 * 3), {
    raw: { width: sidePixels, height: sidePixels * 2, channels: 3, pageHeight: sidePixels },
  })
    .toFormat(format, { delay: [200, 200] })
    .toBuffer();
