import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { measure } from './measure.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

const box = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};

const filmOf = async (ticks: bigint): Promise<string> => {
  const whole = Buffer.alloc(112);
  whole.writeUInt8(1, 0);
  whole.writeUInt32BE(600, 20);
  whole.writeBigUInt64BE(ticks, 24);
  const path = join(directory, 'film');
  await writeFile(path, Buffer.concat([box('ftyp', Buffer.from('isom')), box('moov', box('mvhd', whole))]));
  return path;
};

it('does not know how long a film plays that says more seconds than WhatsApp can', async () => {
  expect(await measure(await filmOf(6000n), 'video/mp4')).toMatchObject({ seconds: 10 });
  for (const ticks of [600n * 2n ** 31n, 0x7fff_ffff_ffff_ffffn]) {
    expect(await measure(await filmOf(ticks), 'video/mp4')).toMatchObject({ seconds: null });
  }
});
