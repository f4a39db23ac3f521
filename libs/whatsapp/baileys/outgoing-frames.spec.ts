import { describe, expect, it } from '@jest/globals';
import { OutgoingFrames, type Wire } from './outgoing-frames.js';

type Socket = Parameters<OutgoingFrames['guard']>[0];

const open = () => {
  const left: string[] = [];
  const failures: unknown[] = [];
  const wire: Wire = {
    send: (frame, sent) => {
      left.push(Buffer.from(frame).toString());
      sent?.();
    },
  };
  const frames = new OutgoingFrames((error) => failures.push(error));
  frames.guard({ ws: { socket: wire } } as unknown as Socket);
  const told: string[] = [];
  const send = (text: string): void => wire.send(Buffer.from(text), () => told.push(text));
  return { frames, send, left, told, failures };
};

/** Something that is being stored. */
const write = () => {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
};

describe('frames', () => {
  it('leave at once where nothing is to be stored', () => {
    const { send, left } = open();
    send('one');
    expect(left).toEqual(['one']);
  });

  it('leave in their order, each when what was to be stored before it is', async () => {
    const { frames, send, left, told } = open();
    const first = write();
    const second = write();
    frames.after(first.promise);
    send('after the first');
    frames.after(second.promise);
    send('after the second');
    expect(left).toEqual([]);
    expect(told).toEqual(['after the first', 'after the second']);

    first.resolve();
    await first.promise;
    expect(left).toEqual(['after the first']);
    second.resolve();
    await second.promise;
    expect(left).toEqual(['after the first', 'after the second']);
    send('then');
    expect(left.at(-1)).toBe('then');
  });

  it('never leave once something could not be stored, which is told once', async () => {
    const { frames, send, left, failures } = open();
    const error = new Error('The disk is full');
    frames.after(Promise.reject(error));
    send('one');
    frames.after(Promise.resolve());
    frames.after(Promise.reject(new Error('still')));
    await Promise.allSettled([Promise.reject(error), Promise.resolve()]);
    send('two');
    expect(left).toEqual([]);
    expect(failures).toEqual([error]);
  });
});
