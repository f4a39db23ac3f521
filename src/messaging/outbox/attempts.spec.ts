import { describe, expect, it } from '@jest/globals';
import { Attempts } from './attempts.js';

const id = '0199aaaa-0000-7000-8000-000000000001';
const notSent = (): boolean => false;

/** A task that ends when the test says so. */
const task = () => {
  const calls: string[] = [];
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const run = (name: string) => async (): Promise<void> => {
    calls.push(name);
    await ended;
  };
  return { run, calls, end };
};

describe('an attempt at a message', () => {
  it('excludes a cancellation from the moment at which it begins', async () => {
    const attempts = new Attempts();
    const { run, calls, end } = task();
    const attempt = attempts.attempt(id, run('sent'));
    const cancellation = attempts.withhold(id, notSent, run('canceled'));
    end();
    await expect(cancellation).rejects.toMatchObject({ code: 'message_not_cancelable' });
    await attempt;
    expect(calls).toEqual(['sent']);
  });

  it('waits while a cancellation is being recorded', async () => {
    const attempts = new Attempts();
    const { run, calls, end } = task();
    const cancellation = attempts.withhold(id, notSent, run('canceled'));
    const attempt = attempts.attempt(id, run('looked up'));
    await new Promise(setImmediate);
    expect(calls).toEqual(['canceled']);
    end();
    await Promise.all([cancellation, attempt]);
    expect(calls).toEqual(['canceled', 'looked up']);
  });

  it('waits for each of several cancellations, also where one fails', async () => {
    const attempts = new Attempts();
    const { run, calls, end } = task();
    const failed = attempts.withhold(id, notSent, () => Promise.reject(new Error('disk full')));
    const second = attempts.withhold(id, notSent, run('canceled'));
    const attempt = attempts.attempt(id, run('looked up'));
    await expect(failed).rejects.toThrow('disk full');
    await new Promise(setImmediate);
    expect(calls).toEqual(['canceled']);
    end();
    await Promise.all([second, attempt]);
  });

  it('that failed leaves the message cancelable, unless it may have been sent', async () => {
    const attempts = new Attempts();
    await expect(attempts.attempt(id, () => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
    await expect(attempts.withhold(id, notSent, () => Promise.resolve('canceled'))).resolves.toBe('canceled');
    const left = attempts.withhold(
      id,
      () => true,
      () => Promise.resolve('canceled'),
    );
    await expect(left).rejects.toMatchObject({ code: 'message_not_cancelable' });
  });

  it('of one message does not wait for another one’s', async () => {
    const attempts = new Attempts();
    const { run, calls, end } = task();
    const both = [attempts.attempt(id, run('first')), attempts.attempt('another', run('second'))];
    expect(calls).toEqual(['first', 'second']);
    end();
    await Promise.all(both);
  });
});
