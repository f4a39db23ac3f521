import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { guardedBody } from './body.js';

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());

const idleTimeoutMs = 1000;

class Unavailable extends Error {}
const failure = () => new Unavailable();

describe('the body of an answer', () => {
  it('waits for its reader for as long as that takes', async () => {
    const bytes = Buffer.alloc(1_000_000, 'x');
    const guarded = guardedBody(
      Readable.from([bytes.subarray(0, 500_000), bytes.subarray(500_000)]),
      idleTimeoutMs,
      failure,
    );
    await new Promise(setImmediate);
    jest.advanceTimersByTime(100 * idleTimeoutMs);
    expect((await buffer(guarded)).equals(bytes)).toBe(true);
  });

  it('fails for a reader who comes after the connection broke, and disturbs nobody before', async () => {
    const body = new PassThrough();
    const guarded = guardedBody(body, idleTimeoutMs, failure);
    body.write('a byte');
    body.destroy(new Error('cut'));
    await new Promise(setImmediate);
    await expect(buffer(guarded)).rejects.toBeInstanceOf(Unavailable);
  });

  it('fails where nothing comes, and ends the request', async () => {
    const body = new PassThrough();
    const failed = buffer(guardedBody(body, idleTimeoutMs, failure)).catch((error: unknown) => error);
    body.write('a byte');
    await new Promise(setImmediate);
    jest.advanceTimersByTime(idleTimeoutMs - 1);
    expect(body.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await failed).toBeInstanceOf(Unavailable);
    expect(body.destroyed).toBe(true);
  });
});
