import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '#lib/event-sourcing';
import type { Conversion } from './attachments.rules.js';

const maxConversionMs = 5 * 60_000;

const outputOf: { readonly [To in Conversion]: readonly string[] } = {
  voice: ['-vn', '-ac', '1', '-ar', '48000', '-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg'],
  m4a: ['-vn', '-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', '-f', 'ipod'],
  mp4: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-movflags', '+faststart', '-f', 'mp4'],
};

/**
 * Converts a file with ffmpeg, and passes the result on to `take`. What the file is comes from outside: ffmpeg reads nothing but it, and no
 * shell is involved. @throws {DomainError} `converter_missing`, `media_type_refused` and what `take` throws
 */
export const converted = async <Taken>(
  to: Conversion,
  file: Readable,
  take: (bytes: Readable) => Promise<Taken>,
  program = 'ffmpeg',
): Promise<Taken> => {
  const directory = await mkdtemp(join(tmpdir(), 'waybill-convert-'));
  try {
    const [from, into] = [join(directory, 'in'), join(directory, 'out')];
    await pipeline(file, createWriteStream(from, { mode: 0o600 }));
    await run(program, ['-protocol_whitelist', 'file', '-i', from, '-map_metadata', '-1', ...outputOf[to], into]);
    return await take(createReadStream(into));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const run = (program: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = { stdio: 'ignore', timeout: maxConversionMs, killSignal: 'SIGKILL' } as const;
    const running = spawn(program, ['-nostdin', '-loglevel', 'error', '-y', ...args], options);
    running.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? missing() : error));
    running.once('exit', (code) => (code === 0 ? resolve() : reject(notConverted())));
  });

const missing = (): DomainError =>
  new DomainError(
    'refused',
    'converter_missing',
    'The file would have to be converted, and ffmpeg is not installed here',
  );

const notConverted = (): DomainError =>
  new DomainError('refused', 'media_type_refused', 'The file cannot be converted: it is damaged, or no audio or video');
