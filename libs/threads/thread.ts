import { parentPort, Worker } from 'node:worker_threads';
import { openChannel, type ThreadCalls, type ChannelOptions, type Methods } from './channel.js';
import { ThreadEnded } from './errors.js';
import { releaseSpareMemoryOnceIdle } from './spare-memory.js';

export type ThreadOptions = Pick<ChannelOptions, 'errors' | 'batching' | 'onTellFailed'> & {
  /** Cloned into the thread, which finds it as `workerData`. */
  readonly workerData?: unknown;
  /** What the thread may ask and tell. */
  readonly methods?: Methods;
  /** Default: `during_calls`, so that an idle thread does not keep the process from ending. */
  readonly keepsProcessAlive?: 'always' | 'during_calls';
  /** Called once when the thread has ended, for whatever reason, after the calls under way were failed. */
  readonly onEnd?: (error: ThreadEnded) => void;
};

/** A worker thread that answers calls. */
export type Thread<Remote extends Methods> = ThreadCalls<Remote> & {
  /** Asks for `close`, and ends the thread after its answer. Made once, last. @throws what `close` threw there. */
  close(): Promise<void>;
  /** Ends the thread in whatever it is doing. */
  terminate(): Promise<void>;
};

/** What every thread answers: `close` releases what it holds. */
export type ThreadMethods = Methods & { readonly close: () => unknown };

/** Starts a worker file that calls `serveThread`. */
export const startThread = <Remote extends ThreadMethods>(file: URL, options: ThreadOptions = {}): Thread<Remote> => {
  const { workerData, methods = {}, keepsProcessAlive = 'during_calls', onEnd, ...channelOptions } = options;
  const worker = new Worker(file, { workerData });
  const keepAlive = (isBusy: boolean): void => (isBusy ? worker.ref() : worker.unref());
  const isDuringCalls = keepsProcessAlive === 'during_calls';
  const channel = openChannel<Remote>(worker, methods, {
    ...channelOptions,
    ...(isDuringCalls && { onBusyChange: keepAlive }),
  });
  if (isDuringCalls) worker.unref();

  let failure: unknown;
  let hasEnded = false;
  let closing: Promise<void> | undefined;
  worker.on('error', (error) => (failure = error));
  worker.on('exit', () => {
    hasEnded = true;
    const error = failure
      ? new ThreadEnded('The thread has failed', { cause: failure })
      : new ThreadEnded('The thread has ended');
    channel.end(error);
    onEnd?.(error);
  });

  const terminate = async (): Promise<void> => void (await worker.terminate());
  const close = async (): Promise<void> => {
    if (hasEnded) return;
    try {
      await (channel as unknown as ThreadCalls<ThreadMethods>).ask('close');
    } finally {
      await terminate();
    }
  };
  return { ask: channel.ask, tell: channel.tell, close: () => (closing ??= close()), terminate };
};

export type ServeOptions = Pick<ChannelOptions, 'errors' | 'batching' | 'onTellFailed'>;

/** Answers calls inside the thread. Returns how to ask and tell whoever started it. */
export const serveThread = <Owner extends Methods>(
  methods: ThreadMethods,
  options: ServeOptions = {},
): ThreadCalls<Owner> => {
  if (!parentPort) throw new Error('serveThread runs in a worker thread only');
  const { ask, tell } = openChannel<Owner>(parentPort, methods, options);
  // Most threads have so little to do that nothing else would ever collect what their start has left: a third of their memory.
  releaseSpareMemoryOnceIdle();
  return { ask, tell };
};
