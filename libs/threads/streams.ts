import {
  ReadableStream,
  type ReadableStreamDefaultController,
  type ReadableStreamDefaultReader,
} from 'node:stream/web';
import type { Transferable } from 'node:worker_threads';
import type { ErrorCodec, ErrorData } from './errors.js';
import type { Frame } from './frames.js';

type Post = (frame: Frame, transfers?: readonly Transferable[]) => void;
/** Told how many streams begin (1) and end (-1). */
type Count = (change: 1 | -1) => void;

/** Streams whose source is on this side. A chunk is read from the source when the other side asks for it. */
export const outgoingStreams = (post: Post, codec: ErrorCodec, count: Count) => {
  const readers = new Map<number, ReadableStreamDefaultReader>();
  let lastId = 0;

  const forget = (id: number): void => {
    if (readers.delete(id)) count(-1);
  };

  const fail = (id: number, error: unknown): void => {
    const reader = readers.get(id);
    forget(id);
    // The source hears why nobody reads on; what fails while it ends concerns nobody any more.
    reader?.cancel(error).catch(() => undefined);
  };

  return {
    send: (stream: ReadableStream): number => {
      const id = (lastId += 1);
      readers.set(id, stream.getReader());
      count(1);
      return id;
    },
    pull: async (id: number): Promise<void> => {
      try {
        const result = await readers.get(id)?.read();
        if (!result || !readers.has(id)) return;
        if (!result.done) return postChunk(post, id, result.value);
        forget(id);
        post({ kind: 'end', id });
      } catch (error) {
        forget(id);
        post({ kind: 'stream_failure', id, error: codec.encode(error) });
      }
    },
    /** The other side reads no more, or cannot be given the stream: the source is cancelled. */
    fail,
    failAll: (error: unknown): void => [...readers.keys()].forEach((id) => fail(id, error)),
  };
};

/** Bytes are copied once, here: the source may reuse its buffer, and a view of a larger buffer would be cloned with all of that. */
const postChunk = (post: Post, id: number, chunk: unknown): void => {
  if (!(chunk instanceof Uint8Array)) return post({ kind: 'chunk', id, chunk });
  const bytes = new Uint8Array(chunk);
  post({ kind: 'chunk', id, chunk: bytes }, [bytes.buffer]);
};

type Incoming = { readonly controller: ReadableStreamDefaultController; pulled: () => void };

/** Streams whose source is on the other side. */
export const incomingStreams = (post: Post, codec: ErrorCodec, count: Count) => {
  const open = new Map<number, Incoming>();

  const take = (id: number): Incoming | undefined => {
    const incoming = open.get(id);
    if (open.delete(id)) count(-1);
    return incoming;
  };
  const fail = (id: number, error: Error): void => {
    const incoming = take(id);
    incoming?.controller.error(error);
    incoming?.pulled();
  };

  return {
    receive: (id: number): ReadableStream =>
      new ReadableStream(
        {
          start: (controller) => {
            open.set(id, { controller, pulled: () => undefined });
            count(1);
          },
          pull: () =>
            new Promise<void>((resolve) => {
              const incoming = open.get(id);
              if (!incoming) return resolve();
              incoming.pulled = resolve;
              post({ kind: 'pull', id });
            }),
          cancel: () => {
            take(id);
            post({ kind: 'cancel', id });
          },
        },
        { highWaterMark: 1 }, // one chunk ahead of the reader
      ),
    chunk: (id: number, chunk: unknown): void => {
      const incoming = open.get(id);
      incoming?.controller.enqueue(chunk);
      incoming?.pulled();
    },
    end: (id: number): void => {
      const incoming = take(id);
      incoming?.controller.close();
      incoming?.pulled();
    },
    fail: (id: number, data: ErrorData): void => fail(id, codec.decode(data)),
    failAll: (error: Error): void => [...open.keys()].forEach((id) => fail(id, error)),
  };
};
