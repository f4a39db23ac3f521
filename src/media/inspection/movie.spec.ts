import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMovie } from './movie.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

const read = async (...boxes: readonly Buffer[]) => {
  const path = join(directory, 'film');
  await writeFile(path, Buffer.concat(boxes));
  return readMovie(path);
};

const bytes = (length: number, values: { readonly [at: number]: number } = {}): Buffer => {
  const body = Buffer.alloc(length);
  for (const [at, value] of Object.entries(values)) body.writeUInt32BE(value, Number(at));
  return body;
};
const box = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + Buffer.concat(parts).length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
};
const long = (type: string, body: Buffer): Buffer => {
  const head = bytes(16, { 0: 1, 12: 16 + body.length });
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};

const inPixels = 65_536;
const plays = box('mvhd', bytes(100, { 12: 600, 16: 7200 }));
const track = (handler: string, shown: Buffer): Buffer => {
  const kind = Buffer.concat([bytes(8), Buffer.from(handler), bytes(13)]);
  return box('trak', box('tkhd', shown), box('mdia', box('mdhd', bytes(24)), box('hdlr', kind)));
};
const upright = { 40: inPixels, 56: inPixels };
const turned = { 44: inPixels, 52: 0xffff0000 };
const sides = { 76: 640 * inPixels, 80: 360 * inPixels };
const film = (matrix: object = upright) => track('vide', bytes(84, { ...matrix, ...sides }));
const sound = track('soun', bytes(84, upright));
const start = box('ftyp', Buffer.from('isom\0\0\0\0'));
const data = box('mdat', bytes(1000));

describe('the header of a film', () => {
  const expected = { width: 640, height: 360, duration: 12 };

  it('says how large it is shown, and how long it plays, wherever the header is', async () => {
    expect(await read(start, box('moov', plays, sound, film()), data)).toEqual(expected);
    expect(await read(start, data, long('mdat', bytes(5000)), box('moov', plays, film()))).toEqual(expected);
  });

  it('may turn what is shown', async () => {
    expect(await read(start, box('moov', plays, film(turned)))).toEqual({ width: 360, height: 640, duration: 12 });
  });

  it('may have times of eight bytes', async () => {
    const playsLong = box('mvhd', bytes(112, { 0: 1 << 24, 20: 600, 28: 7200 }));
    const shownLong = bytes(96, { 0: 1 << 24, 52: inPixels, 68: inPixels, 88: 640 * inPixels, 92: 360 * inPixels });
    expect(await read(start, box('moov', playsLong, track('vide', shownLong)))).toEqual(expected);
  });

  it('of one in pieces says how long it is elsewhere, or not at all', async () => {
    const open = box('mvhd', bytes(100, { 12: 600 }));
    const whole = box('mvex', box('mehd', bytes(8, { 4: 7200 })));
    expect(await read(start, box('moov', open, film(), whole))).toEqual(expected);
    expect(await read(start, box('moov', open, film()))).toEqual({ ...expected, duration: null });
  });

  it('of a sound alone has no sides', async () => {
    expect(await read(start, box('moov', plays, sound))).toEqual({ width: null, height: null, duration: 12 });
  });

  it('is not found where there is none, or the boxes make no sense', async () => {
    const endless = bytes(8, { 0: 0 });
    const tooLarge = bytes(8, { 0: 0xffff_ffff });
    tooLarge.write('moov', 4, 'latin1');
    for (const boxes of [
      [],
      [start],
      [start, data],
      [start, endless, data],
      [start, bytes(16, { 0: 1, 12: 3 })],
      [tooLarge],
    ])
      expect(await read(...boxes)).toBeUndefined();
  });

  it('that is cut off is an error, or says less', async () => {
    const whole = box('moov', plays, film());
    for (let length = 8; length < whole.length; length += 1) {
      const cut = read(start, whole.subarray(0, length));
      const outcome = await cut.then(
        () => 'says less',
        ({ name }: Error) => name,
      );
      expect(['says less', 'RangeError']).toContain(outcome);
    }
  });
});
