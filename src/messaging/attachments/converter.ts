import { spawn, type ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import type { Conversion } from './attachments.rules.js';

const maxConversionMs = 5 * 60_000;
/** Each takes a core or two. */
const maxConcurrentConversions = 2;
/** Of all users together. */
const maxWaitingConversions = 200;
/** A file that is cut off by ffmpeg must be larger than it may be, so that it is refused. */
const cutOffMarginBytes = 1024 * 1024;

/** What people record and send. Among the others are lists that name further files, which ffmpeg would read. */
const formats =
  'aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,m4v,matroska,mov,mp3,mpeg,mpegts,mpegvideo,ogg,rm,tta,w64,wav,wv';

/** x264 takes even sides alone. */
const evenSides = 'scale=trunc(iw/2)*2:trunc(ih/2)*2';
const video = ['-sn', '-dn', '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-vf', evenSides];
const outputOf: { readonly [To in Conversion]: readonly string[] } = {
  voice: ['-vn', '-ac', '1', '-ar', '48000', '-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg'],
  m4a: ['-vn', '-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', '-f', 'ipod'],
  mp4: [...video, '-c:a', 'aac', '-movflags', '+faststart', '-f', 'mp4'],
};

type Work = {
  readonly to: Conversion;
  /** One at a time for each; a few of all together. */
  readonly userId: string;
  readonly maxBytes: number;
  /** Answers, when it is its turn, where the file is. The result is written beside it. */
  readonly pathOf: () => Promise<string>;
};
type Program = { readonly program: string; readonly timeoutMs: number };

const conversions = keyedQueue({ maxConcurrent: maxConcurrentConversions, maxWaiting: maxWaitingConversions });

/**
 * Converts a file with ffmpeg, and passes the result on to `take`. What the file is comes from outside: ffmpeg reads nothing but it, and no
 * shell reads what is passed on to it. @throws {DomainError} `converter_missing`, `media_type_refused`, `conversion_timed_out` and what `take` throws
 * @throws {QueueFull}
 */
export const converted = <Taken>(
  { to, userId, maxBytes, pathOf }: Work,
  take: (bytes: Readable) => Promise<Taken>,
  { program, timeoutMs }: Program = { program: 'ffmpeg', timeoutMs: maxConversionMs },
): Promise<Taken> =>
  conversions.run(userId, async () => {
    const from = await pathOf();
    const into = `${from}.converted`;
    const input = ['-protocol_whitelist', 'file', '-format_whitelist', formats, '-i', from];
    const bounds = ['-map_metadata', '-1', '-fs', String(maxBytes + cutOffMarginBytes)];
    try {
      await run(program, [...input, ...bounds, ...outputOf[to], into], timeoutMs);
      return await take(createReadStream(into));
    } finally {
      await rm(into, { force: true });
    }
  });

const running = new Set<ChildProcess>();
const endAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/**
 * Runs a program until it ends, or the pipe at the standard input is closed: by this process, or because that was killed. ffmpeg itself would
 * not notice, and would go on for minutes.
 */
const untilPipeCloses = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
{ read -r _; kill -9 $program; } <&3 & watcher=$!
exec 3<&-
wait $program; code=$?
kill $watcher
wait $watcher 2>/dev/null
exit $code`;
/** What a shell says of a program. */
const statuses = { notExecutable: 126, notFound: 127, killed: 137 };

const run = (program: string, args: readonly string[], timeoutMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const limit = ['-timelimit', String(Math.ceil(timeoutMs / 1000))];
    const command = [program, '-nostdin', '-loglevel', 'error', '-y', ...limit, ...args];
    const child: ChildProcess = spawn('sh', ['-c', untilPipeCloses, 'sh', ...command], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const closePipe = (): void => void child.stdin?.destroy(); // there is none where it could not be started
    const timer = setTimeout(closePipe, timeoutMs);
    if (running.size === 0) process.once('exit', endAll);
    running.add(child);
    const ended = (settle: () => void): void => {
      clearTimeout(timer);
      closePipe(); // where the shell was killed, the program goes on
      running.delete(child);
      if (running.size === 0) process.off('exit', endAll);
      settle();
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      ended(() => reject(error.code === 'ENOENT' ? missing() : error)),
    );
    child.once('exit', (code, signal) =>
      ended(() => {
        if (code === 0) resolve();
        else if (code === statuses.notFound) reject(missing());
        else if (code === statuses.notExecutable) reject(new Error(`${program} cannot be executed`));
        else reject(signal !== null || code === statuses.killed ? timedOut(timeoutMs) : notConverted());
      }),
    );
  });

const missing = (): DomainError =>
  new DomainError(
    'refused',
    'converter_missing',
    'The file would have to be converted, and ffmpeg is not installed here',
  );

const notConverted = (): DomainError =>
  new DomainError('refused', 'media_type_refused', 'The file cannot be converted: it is damaged, or no audio or video');

const timedOut = (timeoutMs: number): DomainError =>
  new DomainError(
    'refused',
    'conversion_timed_out',
    `The file could not be converted within ${timeoutMs / 1000} seconds: send a shorter one, or convert it before`,
  );
