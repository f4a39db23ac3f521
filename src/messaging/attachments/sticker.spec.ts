import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { isAnimated, stickerOf } from './sticker.js';

const [side, frames] = [64, 2];
const raw = { width: side, height: side * frames, channels: 3, pageHeight: side } as const;
const pixels = Buffer.alloc(side * side * 3 * frames, 0).fill(255, side * side * 3);
const moves = () =>
  sharp(pixels, { raw })
    .gif({ delay: [200, 200] })
    .toBuffer();
const still = () =>
  sharp(pixels, { raw: { width: side, height: side * frames, channels: 3 } })
    .png()
    .toBuffer();
const isAnimatedSticker = async (picture: Buffer): Promise<boolean> =>
  isAnimated(Readable.from([await stickerOf(Readable.from([picture]))]));

describe('a sticker', () => {
  it('moves where its picture does', async () => {
    expect(await isAnimatedSticker(await moves())).toBe(true);
    expect(await isAnimatedSticker(await still())).toBe(false);
  });
});
