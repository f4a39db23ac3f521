import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { oggDuration } from './ogg.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

const durationOf = async (...pages: readonly Buffer[]): Promise<number | null> => {
  const path = join(directory, 'sound');
  await writeFile(path, Buffer.concat(pages));
  return oggDuration(path);
};

const page = (samples: bigint, content: Buffer, id = 7): Buffer => {
  const head = Buffer.alloc(28);
  head.write('OggS');
  head.writeBigUInt64LE(samples, 6);
  head.writeUInt32LE(id, 14);
  head[26] = 1;
  head[27] = content.length;
  return Buffer.concat([head, content]);
};
const opus = Buffer.concat([Buffer.from('OpusHead\u0001\u0001'), Buffer.from('380180bb0000000000', 'hex')]); // skips 312
const vorbis = Buffer.alloc(40);
vorbis.write('\u0001vorbis');
vorbis.writeUInt32LE(44_100, 12);
const sound = Buffer.alloc(200, 1);
const start = page(0n, Buffer.concat([opus, Buffer.alloc(20)]));

describe('how long Ogg plays', () => {
  it('is what its last page says, in the samples of its format', async () => {
    expect(await durationOf(start, page(48_000n, sound), page(96_312n, sound))).toBe(2);
    expect(await durationOf(page(0n, vorbis), page(132_300n, sound))).toBe(3);
  });

  it('is not that of another stream, nor of a page in which nothing ends, nor of what only looks like a page', async () => {
    const others = [page(999_999n, sound, 8), page(0xffff_ffff_ffff_ffffn, sound), Buffer.from('OggS and more text')];
    expect(await durationOf(start, page(48_312n, sound), ...others)).toBe(1);
  });

  it('is not known where the file does not say it', async () => {
    const unknown = page(0n, Buffer.alloc(60, 3));
    for (const pages of [[], [start], [unknown, page(48_000n, sound)], [start.subarray(0, 30)], [Buffer.alloc(500)]])
      expect(await durationOf(...pages)).toBeNull();
  });
});
