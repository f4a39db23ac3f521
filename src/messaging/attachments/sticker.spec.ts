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
  isAnimated(Readable.from([await stickerOf('ada', async () => Readable.from([picture]))]));

describe('a sticker', () => {
  it('moves where its picture does', async () => {
    expect(await isAnimatedSticker(await moves())).toBe(true);
    expect(await isAnimatedSticker(await still())).toBe(false);
  });

  it('waits for those of its user, and not for all of another one', async () => {
    const picture = await still();
    const [begun, running]: [string[], Set<string>] = [[], new Set()];
    const make = async (userId: string): Promise<void> => {
      await stickerOf(userId, async () => {
        begun.push(userId);
        expect(running.size).toBeLessThan(2);
        expect(running).not.toContain(userId);
        running.add(userId);
        return Readable.from([picture]).once('close', () => running.delete(userId));
      });
    };
    await Promise.all(['ada', 'ada', 'ada', 'bob', 'eve', 'bob'].map(make));
    expect(begun.slice(0, 3).toSorted()).toEqual(['ada', 'bob', 'eve']);
    expect(begun).toHaveLength(6);
  });
});
