import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';

type Request = { readonly id: number; readonly method: string; readonly argument: unknown };
type Failure = {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly details?: Record<string, unknown>;
};
type Response = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: Failure };

/** What failed inside a thread: `name`, `code` and own fields of the error that was thrown there. */
export class ThreadError extends Error {
  override readonly name: string;
  readonly code: string | undefined;
  readonly details: Record<string, unknown>;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = failure.name;
    this.code = failure.code;
    this.details = failure.details ?? {};
  }
}

/** The thread has ended: it was closed, or it failed as a whole. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

/** A thread that answers calls one after the other, in the order in which they were made. */
export type Thread = {
  /**
   * @throws {ThreadError} what the method threw there.
   * @throws {ThreadEnded}
   */
  call<Result>(method: string, argument?: unknown): Promise<Result>;
  /** Resolves once the method `close`, called last, has answered and the thread has ended. */
  close(): Promise<void>;
};

/** Starts a worker file that calls `serveThread`. Keeps the process alive only while calls are under way. */
export const startThread = (file: URL, workerData: unknown): Thread => {
  const worker = new Worker(file, { workerData });
  const waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  let last = 0;
  let ended: Error | undefined;
  let closing: Promise<void> | undefined;

  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.unref();
  worker.on('message', (response: Response) => {
    const call = waiting.get(response.id);
    waiting.delete(response.id);
    if (waiting.size === 0 && !closing) worker.unref();
    if ('failure' in response) call?.reject(new ThreadError(response.failure));
    else call?.resolve(response.value);
  });
  worker.on('error', (error) => end(new ThreadEnded('The thread has failed', { cause: error })));
  worker.on('exit', () => end(new ThreadEnded('The thread has ended')));

  const call = <Result>(method: string, argument?: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      if (ended) return reject(ended);
      last += 1;
      waiting.set(last, { resolve, reject });
      if (waiting.size === 1) worker.ref();
      worker.postMessage({ id: last, method, argument } satisfies Request);
    }) as Promise<Result>;

  const close = async (): Promise<void> => {
    if (ended) return;
    const exit = once(worker, 'exit');
    await call('close');
    await exit;
  };
  return { call, close: () => (closing ??= close()) };
};

/** Answers calls inside the thread. `close` must be among the methods: it releases what the thread holds; the thread ends after it. */
export const serveThread = (
  methods: { readonly close: () => void } & Record<string, (argument: never) => unknown>,
): void => {
  const port = parentPort;
  if (!port) throw new Error('serveThread runs in a worker thread only');
  const answer = (request: Request): Response => {
    const method = methods[request.method] as ((argument: unknown) => unknown) | undefined;
    if (!method) return { id: request.id, failure: { name: 'Error', message: `No method ${request.method}` } };
    try {
      return { id: request.id, value: method(request.argument) };
    } catch (error) {
      return { id: request.id, failure: failureOf(error) };
    }
  };
  port.on('message', (request: Request) => {
    port.postMessage(answer(request));
    if (request.method === 'close') port.close();
  });
};

const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, code, stack: _stack, ...details } = error as Error & { code?: string };
  return { name, message, details, ...(code !== undefined && { code }) };
};
