import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileTypeFromBuffer } from 'file-type';
import type { Conversion } from './attachments.rules.js';
import { converted } from './converter.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

const program = (): string => join(directory, 'ffmpeg');

/** A program in ffmpeg's place. Its last argument is where the result goes, what follows `-i` the file. */
const ffmpegIs = async (script: string): Promise<void> => {
  const found = 'for last; do :; done; all="$*"; while [ "$1" != -i ]; do shift; done; from="$2"';
  await writeFile(program(), `#!/bin/sh\n${found}\n${script}`);
  await chmod(program(), 0o755);
};

type Given = { readonly to?: Conversion; readonly userId?: string; readonly maxBytes?: number };

const convertWith = async (
  named: string,
  bytes: Buffer | string,
  { to = 'voice', userId = 'ada', maxBytes = 1_000_000 }: Given = {},
  timeoutMs = 60_000,
) => {
  const path = join(await mkdtemp(join(directory, 'staged-')), 'in');
  await writeFile(path, bytes);
  const taken = (result: Readable) => buffer(result);
  const pathOf = () => Promise.resolve(path);
  return converted({ to, userId, maxBytes, pathOf }, taken, { program: named, timeoutMs });
};

const convert = (bytes: string, given?: Given, timeoutMs?: number) =>
  convertWith(program(), bytes, given, timeoutMs).then(String);

describe('a conversion', () => {
  it('gives ffmpeg the file, takes what it makes, and leaves nothing beside the file', async () => {
    await ffmpegIs('{ cat "$from"; echo " $all"; } > "$last"');
    expect(await convert('sound')).toMatch(/^sound .*-i \S+ -map_metadata -1 -fs 2048576 -vn -ac 1 .*libopus/);
    const [staged] = (await readdir(directory)).filter((name) => name.startsWith('staged-'));
    expect(await readdir(join(directory, staged!))).toEqual(['in']);
  });

  it('that ffmpeg cannot make is refused', async () => {
    await ffmpegIs('exit 1');
    await expect(convert('noise')).rejects.toMatchObject({ code: 'media_type_refused' });
  });

  it('that takes too long is refused as that', async () => {
    await ffmpegIs('exec sleep 60');
    await expect(convert('long', {}, 50)).rejects.toMatchObject({ code: 'conversion_timed_out' });
  });

  it('is refused where ffmpeg is not installed', async () => {
    await expect(convert('sound')).rejects.toMatchObject({ code: 'converter_missing' });
  });

  it('waits until it is its turn: one of each user, and two of all', async () => {
    const log = join(directory, 'log');
    await ffmpegIs(`echo + >> ${log}; sleep 0.1; echo - >> ${log}; echo > "$last"`);
    const most = async (users: readonly string[]): Promise<number> => {
      await rm(log, { force: true });
      await Promise.all(users.map((userId) => convert('sound', { userId })));
      let [now, peak] = [0, 0];
      for (const sign of (await readFile(log, 'utf8')).trim().split('\n')) {
        now += sign === '+' ? 1 : -1;
        peak = Math.max(peak, now);
      }
      return peak;
    };
    expect(await most(['ada', 'ada', 'ada'])).toBe(1);
    expect(await most(['ada', 'bob', 'eve', 'dan', 'ada'])).toBe(2);
  });
});

const isInstalled = spawnSync('ffmpeg', ['-version']).status === 0;
const whereInstalled = isInstalled ? describe : describe.skip;

whereInstalled('ffmpeg', () => {
  const made = async (name: string, ...args: readonly string[]): Promise<Buffer> => {
    const path = join(directory, name);
    const { status, stderr } = spawnSync('ffmpeg', ['-loglevel', 'error', ...args, path]);
    if (status !== 0) throw new Error(stderr.toString());
    return readFile(path);
  };
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=1'];
  const film = ['-f', 'lavfi', '-i', 'testsrc=size=161x121:rate=10:duration=1'];

  const typeOf = async (bytes: Buffer): Promise<string | undefined> => {
    await writeFile(join(directory, 'result'), bytes);
    return (await fileTypeFromBuffer(bytes))?.mime;
  };
  const probed = (name: string): string =>
    spawnSync('ffmpeg', ['-hide_banner', '-i', join(directory, name)]).stderr.toString();

  it.each([
    ['a.wav', 'voice', 'audio/ogg; codecs=opus'],
    ['a.mp3', 'voice', 'audio/ogg; codecs=opus'],
    ['a.m4a', 'voice', 'audio/ogg; codecs=opus'],
    ['a.wav', 'm4a', 'audio/x-m4a'],
    ['a.flac', 'm4a', 'audio/x-m4a'],
    ['a.ogg', 'm4a', 'audio/x-m4a'],
    ['a.aiff', 'm4a', 'audio/x-m4a'],
  ] as const)('makes of %s a sound that phones play: %s', async (name, to, type) => {
    const result = await convertWith('ffmpeg', await made(name, ...tone), { to });
    expect(await typeOf(result)).toBe(type);
    expect(probed('result')).toContain('Duration: 00:00:01');
  });

  it.each(['a.webm', 'a.mkv', 'a.avi', 'a.mov', 'a.mpg', 'a.flv'])(
    'makes of %s a video that phones play, although its sides are odd',
    async (name) => {
      const size = ['a.mpg', 'a.flv'].includes(name) ? ['-s', '160x120', '-r', '25', '-ar', '44100'] : [];
      const result = await convertWith('ffmpeg', await made(name, ...film, ...tone, ...size), { to: 'mp4' });
      expect(await typeOf(result)).toBe('video/mp4');
      expect(probed('result')).toMatch(/Video: h264.*yuv420p.*160x120[^]*Audio: aac/);
    },
  );

  it('makes more bytes than a file may have where it makes too many, and not all of them', async () => {
    const noisy = 'color=size=320x240:duration=4,noise=alls=100:allf=t';
    const noise = await made('n.avi', '-f', 'lavfi', '-i', noisy, '-c:v', 'mpeg4', '-q:v', '1');
    const whole = await convertWith('ffmpeg', noise, { to: 'mp4', maxBytes: 100_000_000 });
    const cut = await convertWith('ffmpeg', noise, { to: 'mp4', maxBytes: 1000 });
    expect(cut.length).toBeGreaterThan(1000);
    expect(cut.length).toBeLessThan(whole.length);
  });

  it('reads no other file that one names', async () => {
    const secret = join(directory, 'secret.wav');
    await made('secret.wav', ...tone);
    const list = `ffconcat version 1.0\nfile '${secret}'\n`;
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${secret}\n#EXT-X-ENDLIST\n`;
    for (const text of [list, playlist]) {
      await expect(convertWith('ffmpeg', text)).rejects.toMatchObject({ code: 'media_type_refused' });
    }
  });
});
