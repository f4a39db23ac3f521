import { execFile } from 'node:child_process';
import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startThread, ThreadEnded, workerUrl, type Thread } from '#lib/threads';
import type { CountingMethods, OwnerMethods } from './support/counting.worker.js';

const worker = workerUrl('../../test/threads/support/counting.worker.js', import.meta.url);
const chunkBytes = 64 * 1024;
const chunks = 1600; // 100 MB

describe('a thread', () => {
  let thread: Thread<CountingMethods>;
  let ends: ThreadEnded[];
  const start = (): void => {
    const owner: OwnerMethods = { answer: (question) => (question === 'really?' ? 'yes' : 'no') };
    thread = startThread<CountingMethods>(worker, {
      workerData: 'Hello',
      methods: owner,
      onEnd: (error) => ends.push(error),
    });
  };
  beforeEach(() => {
    ends = [];
    start();
  });
  afterEach(() => thread.terminate());

  it('answers, and asks whoever started it', async () => {
    expect(await thread.ask('greet', 'thread')).toBe('Hello, thread');
    expect(await thread.ask('askBack', 'really?')).toBe('the owner says yes');
  });

  /** A file in chunks; knows how many were read. */
  const file = () => {
    const source = { made: 0 };
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      if (source.made === chunks) return controller.close();
      controller.enqueue(new Uint8Array(chunkBytes).fill(source.made % 10));
      source.made += 1;
    };
    return { source, stream: new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 }) };
  };

  it('takes a file of 100 MB as a stream', async () => {
    expect(await thread.ask('sumOf', file().stream)).toEqual({ bytes: chunks * chunkBytes, sum: chunks * 4.5 });
  });

  it('that stops to read a stream is given no more of it', async () => {
    const { source, stream } = file();
    await thread.ask('readOnly', 5, stream);
    for (let round = 0; round < 20; round += 1) await thread.ask('greet', 'thread');
    expect(source.made).toBeLessThan(10);
  });

  it('gives a file of 100 MB as a stream', async () => {
    let [bytes, sum] = [0, 0];
    for await (const chunk of await thread.ask('bytes', chunks, chunkBytes)) {
      bytes += chunk.length;
      sum += chunk[0] ?? 0;
    }
    expect([bytes, sum]).toEqual([chunks * chunkBytes, chunks * 4.5]);
  });

  it.each<[string, () => unknown, unknown]>([
    ['is terminated', () => thread.terminate(), undefined],
    ['fails', () => thread.ask('fail'), expect.objectContaining({ message: 'as asked' })],
  ])('that %s fails its calls and streams, and those that come later', async (_what, end, cause) => {
    const stream = (await thread.ask('bytes', 1000, 1)).getReader();
    const waiting = thread.ask('never').catch((error: unknown) => error);
    void end();
    const error = await waiting;
    expect(error).toBeInstanceOf(ThreadEnded);
    expect((error as ThreadEnded).cause).toEqual(cause);
    const readAll = async () => {
      while (!(await stream.read()).done);
    };
    await expect(readAll()).rejects.toBe(error);
    await expect(thread.ask('greet', 'nobody')).rejects.toBe(error);
    expect(ends).toEqual([error]);
    await thread.close();
  });

  it('answers what was asked before it is closed, and ends', async () => {
    const asked = thread.ask('greet', 'thread');
    const closed = thread.close();
    expect(await asked).toBe('Hello, thread');
    await closed;
    await thread.close();
    await expect(thread.ask('greet', 'nobody')).rejects.toThrow(ThreadEnded);
    expect(ends).toHaveLength(1);
  });

  it('keeps the process alive during calls only', async () => {
    const child = `${process.cwd()}/dist/test/threads/support/idle.child.js`;
    const { stdout } = await promisify(execFile)(process.execPath, [child], { timeout: 50_000 });
    expect(stdout).toBe('Hello, child\n');
  });
});
