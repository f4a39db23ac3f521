import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { converted } from './converter.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

const program = (): string => join(directory, 'ffmpeg');

/** A program in ffmpeg's place. */
const ffmpegIs = async (script: string): Promise<void> => {
  await writeFile(program(), `#!/bin/sh\n${script}`);
  await chmod(program(), 0o755);
};

const convert = (bytes: string) => {
  const taken = async (result: Readable): Promise<string> => (await buffer(result)).toString();
  return converted('voice', Readable.from([Buffer.from(bytes)]), taken, program());
};

const leftovers = async (): Promise<readonly string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('waybill-convert-'));

describe('a conversion', () => {
  it('gives ffmpeg the file, and takes what it makes', async () => {
    await ffmpegIs('for last; do :; done; while [ "$1" != -i ]; do shift; done; { cat "$2"; echo " $*"; } > "$last"');
    const before = await leftovers();
    expect(await convert('sound')).toMatch(/^sound -i \S+ -map_metadata -1 -vn -ac 1 .*libopus/);
    expect(await leftovers()).toEqual(before);
  });

  it('that ffmpeg cannot make is refused', async () => {
    await ffmpegIs('exit 1');
    await expect(convert('noise')).rejects.toMatchObject({ code: 'media_type_refused' });
  });

  it('is refused where ffmpeg is not installed', async () => {
    await expect(convert('sound')).rejects.toMatchObject({ code: 'converter_missing' });
  });
});
