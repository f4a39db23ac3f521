import type { ReadableStream } from 'node:stream/web';
import type { MessagePort, Worker } from 'node:worker_threads';
import { errorCodec, type ErrorClass } from './errors.js';
import type { CallFrame, Frame } from './frames.js';
import { outbox, type Batching } from './outbox.js';
import { incomingStreams, outgoingStreams } from './streams.js';
import { pack, unpack, type Packed } from './transfer.js';

/** What one side of a channel answers, by name. */
export type Methods = { readonly [name: string]: (...args: never[]) => unknown };

/**
 * ThreadCalls to the other thread, which starts them in the order in which they were made. Arguments and answers pass as structured clones,
 * except for ReadableStreams (read there with back-pressure; whoever receives one reads it to its end or cancels it) and for what is
 * marked with `transfer`. A message that cannot be cloned fails that call alone.
 */
export type ThreadCalls<Remote extends Methods> = {
  /**
   * Resolves with the answer.
   * @throws what the method threw there, see `ErrorClass`.
   * @throws {ThreadEnded} also when that happens before the answer.
   */
  readonly ask: <Name extends keyof Remote & string>(
    name: Name,
    ...args: Parameters<Remote[Name]>
  ) => Promise<Awaited<ReturnType<Remote[Name]>>>;
  /** Does not wait: what goes wrong there stays there, see `onTellFailed`. Does nothing when the thread has ended. */
  readonly tell: <Name extends keyof Remote & string>(name: Name, ...args: Parameters<Remote[Name]>) => void;
};

export type ChannelOptions = {
  /** The errors that keep their class on the way: the same on both sides. */
  readonly errors?: readonly ErrorClass[];
  /** Of what this side posts. Default: `off`. */
  readonly batching?: Batching;
  /** Hears of a `tell` that failed: here, as it cannot be cloned, or from the other side in a method of this one. Default: it is thrown. */
  readonly onTellFailed?: (error: unknown, method: string) => void;
  /** Called when a first call or stream is under way, and when none is any more. */
  readonly onBusyChange?: (isBusy: boolean) => void;
};

export type Channel<Remote extends Methods> = ThreadCalls<Remote> & {
  /** The other side is gone: fails what is under way and everything from now on. */
  readonly end: (error: Error) => void;
};

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (error: unknown) => void };

/** One side of a channel: asks the other side, and answers it with `methods`. */
export const openChannel = <Remote extends Methods>(
  port: MessagePort | Worker,
  methods: Methods,
  { errors, batching = 'off', onTellFailed = raise, onBusyChange }: ChannelOptions,
): Channel<Remote> => {
  const waiting = new Map<number, Waiting>();
  const codec = errorCodec(errors);
  let lastId = 0;
  let underWay = 0;
  let ended: Error | undefined;

  const count = (change: 1 | -1): void => {
    underWay += change;
    if (underWay === (change === 1 ? 1 : 0)) onBusyChange?.(change === 1);
  };

  const settle = (id: number): Waiting | undefined => {
    const call = waiting.get(id);
    if (waiting.delete(id)) count(-1);
    return call;
  };

  const post = outbox(port, batching, (frame, error) => {
    if ('streams' in frame) frame.streams?.forEach(({ id }) => outgoing.fail(id, error));
    switch (frame.kind) {
      case 'ask':
        return settle(frame.id)?.reject(error);
      case 'tell':
        return onTellFailed(error, frame.name);
      case 'answer':
        return postFailure(frame.id, error);
      case 'chunk':
        outgoing.fail(frame.id, error);
        return post({ kind: 'stream_failure', id: frame.id, error: codec.encode(error) });
      default:
        throw error;
    }
  });
  const outgoing = outgoingStreams(post, codec, count);
  const incoming = incomingStreams(post, codec, count);

  /** Without an id: nobody waits for an answer. */
  const postCall = (id: number | undefined, name: string, args: readonly unknown[], packed?: Packed): void => {
    if (!packed) return post(id === undefined ? { kind: 'tell', name, args } : { kind: 'ask', id, name, args });
    const { values, streams, transfers } = packed;
    const frame = { name, args: values, streams };
    post(id === undefined ? { kind: 'tell', ...frame } : { kind: 'ask', id, ...frame }, transfers);
  };

  const postAnswer = (id: number, value: unknown): void => {
    const packed = pack([value], outgoing.send);
    if (!packed) return post({ kind: 'answer', id, value });
    post({ kind: 'answer', id, value: packed.values[0], streams: packed.streams }, packed.transfers);
  };

  const postFailure = (id: number, error: unknown): void => post({ kind: 'failure', id, error: codec.encode(error) });

  const call = (name: string, args: readonly unknown[]): unknown => {
    const method = methods[name];
    if (!method) throw new Error(`There is no method ${name}`);
    return method(...(args as never[]));
  };

  /** ThreadCalls a method, and answers at once where it does. */
  const run = (id: number | undefined, { name, args, streams: slots }: CallFrame): void => {
    const streams = slots?.map(({ id, path }) => ({ path, stream: incoming.receive(id) })) ?? [];
    const succeed = (value: unknown): void => {
      if (id !== undefined) postAnswer(id, value);
    };
    const fail = (error: unknown): void => {
      streams.forEach(({ stream }) => abandon(stream));
      if (id === undefined) onTellFailed(error, name);
      else postFailure(id, error);
    };
    try {
      const value = call(name, unpack(args, streams));
      if (isThenable(value)) value.then(succeed).then(undefined, fail);
      else succeed(value);
    } catch (error) {
      fail(error);
    }
  };

  const take = (frame: Frame): void => {
    switch (frame.kind) {
      case 'ask':
        return run(frame.id, frame);
      case 'tell':
        return run(undefined, frame);
      case 'answer': {
        const streams = frame.streams?.map(({ id, path }) => ({ path, stream: incoming.receive(id) })) ?? [];
        return settle(frame.id)?.resolve(unpack([frame.value], streams)[0] as never);
      }
      case 'failure':
        return settle(frame.id)?.reject(codec.decode(frame.error));
      case 'pull':
        return void outgoing.pull(frame.id);
      case 'cancel':
        return outgoing.fail(frame.id, undefined);
      case 'chunk':
        return incoming.chunk(frame.id, frame.chunk);
      case 'end':
        return incoming.end(frame.id);
      case 'stream_failure':
        return incoming.fail(frame.id, frame.error);
    }
  };
  port.on('message', (frames: readonly Frame[]) => frames.forEach(take));

  return {
    ask: (name, ...args) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        const packed = pack(args, outgoing.send);
        const id = (lastId += 1);
        waiting.set(id, { resolve, reject });
        count(1);
        postCall(id, name, args, packed);
      }),
    tell: (name, ...args) => {
      if (!ended) postCall(undefined, name, args, pack(args, outgoing.send));
    },
    end: (error) => {
      ended ??= error;
      for (const id of waiting.keys()) settle(id)?.reject(ended);
      incoming.failAll(ended);
      outgoing.failAll(ended);
    },
  };
};

/** Cancels a stream that nobody reads. One that has failed already rejects that, which is no news. */
const abandon = (stream: ReadableStream): void => {
  if (!stream.locked) stream.cancel().catch(() => undefined);
};

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

const raise = (error: unknown): never => {
  throw error;
};
