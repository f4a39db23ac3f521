import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { photoOf } from './photo.js';

const noise = (width: number, height: number): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();

const scaled = async (file: Buffer, maxBytes: number) => {
  const png = { mimeType: 'image/png', size: file.length, width: 1200, height: 800 };
  const jpeg = await photoOf(png, async () => Readable.from([file]), maxBytes);
  if (!jpeg) throw new Error('It would be sent as it is');
  const { format, width, height } = await sharp(jpeg).metadata();
  return { format, width, height, bytes: jpeg.length };
};

describe('a picture that is too large', () => {
  it('becomes a JPEG, which keeps its size where that is enough', async () => {
    const { bytes, ...shape } = await scaled(await noise(1200, 800), 1_500_000);
    expect(shape).toEqual({ format: 'jpeg', width: 1200, height: 800 });
    expect(bytes).toBeLessThanOrEqual(1_500_000);
  });

  it('is made smaller until it fits', async () => {
    const { bytes, ...shape } = await scaled(await noise(1200, 800), 200_000);
    expect(shape).toEqual({ format: 'jpeg', width: 512, height: 341 });
    expect(bytes).toBeLessThanOrEqual(200_000);
  });

  it('is refused where that does not help, or it is no picture', async () => {
    await expect(scaled(await noise(1200, 800), 1_000)).rejects.toMatchObject({ code: 'media_too_large' });
    await expect(scaled(Buffer.from('text'), 3)).rejects.toMatchObject({ code: 'media_type_refused' });
  });
});
