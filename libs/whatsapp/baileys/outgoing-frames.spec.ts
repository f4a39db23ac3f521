import { describe, expect, it } from '@jest/globals';
import { OutgoingFrames, type Wire } from './outgoing-frames.js';

type Socket = Parameters<OutgoingFrames['guard']>[0];

const open = () => {
  const left: string[] = [];
  const failures: unknown[] = [];
  const socket = {
    corked: 0,
    times: 0,
    cork: () => void (socket.corked += 1),
    uncork: () => void (socket.corked -= 1),
  };
  const wire: Wire = {
    _socket: socket,
    send: (frame, sent) => {
      left.push(Buffer.from(frame).toString());
      socket.times += socket.corked;
      sent?.();
    },
  };
  const frames = new OutgoingFrames((error) => failures.push(error));
  frames.guard({ ws: { socket: wire } } as unknown as Socket);
  const told: string[] = [];
  const send = (text: string): void => wire.send(Buffer.from(text), () => told.push(text));
  return { frames, send, left, told, failures, socket };
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

  it('of one turn leave together', async () => {
    const { send, left, socket } = open();
    send('one');
    send('two');
    expect(left).toEqual(['one', 'two']);
    expect(socket).toMatchObject({ corked: 1, times: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.corked).toBe(0);
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
