import { describe, expect, it } from '@jest/globals';
import { OutgoingFrames, type FrameSocket } from './outgoing-frames.js';

type Socket = Parameters<OutgoingFrames['intercept']>[0];

const open = () => {
  const sent: string[] = [];
  const failures: unknown[] = [];
  const socket = {
    corked: 0,
    times: 0,
    cork: () => void (socket.corked += 1),
    uncork: () => void (socket.corked -= 1),
  };
  const frameSocket: FrameSocket = {
    _socket: socket,
    send: (frame, done) => {
      sent.push(Buffer.from(frame).toString());
      socket.times += socket.corked;
      done?.();
    },
  };
  const frames = new OutgoingFrames((error) => failures.push(error));
  frames.intercept({ ws: { socket: frameSocket } } as unknown as Socket);
  const confirmed: string[] = [];
  const send = (text: string): void => frameSocket.send(Buffer.from(text), () => confirmed.push(text));
  return { frames, send, sent, confirmed, failures, socket };
};

/** A write that is in progress. */
const write = () => {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
};

describe('frames', () => {
  it('are sent at once where nothing has to be stored', () => {
    const { send, sent } = open();
    send('one');
    expect(sent).toEqual(['one']);
  });

  it('of one turn of the event loop are batched', async () => {
    const { send, sent, socket } = open();
    send('one');
    send('two');
    expect(sent).toEqual(['one', 'two']);
    expect(socket).toMatchObject({ corked: 1, times: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.corked).toBe(0);
  });

  it('are sent in order, each one after everything was stored that had to be stored before it', async () => {
    const { frames, send, sent, confirmed } = open();
    const first = write();
    const second = write();
    frames.holdUntil(first.promise);
    send('after the first');
    frames.holdUntil(second.promise);
    send('after the second');
    expect(sent).toEqual([]);
    expect(confirmed).toEqual(['after the first', 'after the second']);

    first.resolve();
    await first.promise;
    expect(sent).toEqual(['after the first']);
    second.resolve();
    await second.promise;
    expect(sent).toEqual(['after the first', 'after the second']);
    send('then');
    expect(sent.at(-1)).toBe('then');
  });

  it('are no longer sent after a write has failed, which is reported once', async () => {
    const { frames, send, sent, failures } = open();
    const error = new Error('The disk is full');
    frames.holdUntil(Promise.reject(error));
    send('one');
    frames.holdUntil(Promise.resolve());
    frames.holdUntil(Promise.reject(new Error('still')));
    await Promise.allSettled([Promise.reject(error), Promise.resolve()]);
    send('two');
    expect(sent).toEqual([]);
    expect(failures).toEqual([error]);
  });
});
