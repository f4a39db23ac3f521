import { fork, type ChildProcess } from 'node:child_process';

/** Functions of a child process. Arguments and results must be structured-cloneable. */
export type ChildCalls = { readonly [name: string]: (...args: never[]) => unknown };

/** The functions as called by the parent. A call rejects if the child throws or exits first. */
export type RemoteCalls<C extends ChildCalls> = {
  readonly [K in keyof C]: (...args: Parameters<C[K]>) => Promise<Awaited<ReturnType<C[K]>>>;
};

type Request = { readonly id: number; readonly name: string; readonly args: readonly never[] };
type Response = { readonly id: number; readonly result?: unknown; readonly error?: string };

/** In the child: serves calls until the parent disconnects. */
export function serveCalls(calls: ChildCalls): void {
  const answer = async ({ name, args }: Request): Promise<unknown> => calls[name]?.(...args);
  process.on('message', (request: Request) => {
    answer(request).then(
      (result) => process.send?.({ id: request.id, result } satisfies Response),
      (error: unknown) => process.send?.({ id: request.id, error: String(error) } satisfies Response),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** In the parent: starts a compiled module of `dist/test` that serves calls. */
export function forkChild<C extends ChildCalls>(
  module: string,
  execArgv: readonly string[] = [],
): { child: ChildProcess; calls: RemoteCalls<C> } {
  const child = fork(`dist/test/${module}`, [], { serialization: 'advanced', execArgv: [...execArgv] });
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  child.on('message', ({ id, result, error }: Response) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) waiter?.resolve(result);
    else waiter?.reject(new Error(error));
  });
  child.once('exit', () => {
    for (const waiter of waiting.values()) waiter.reject(new Error(`${module} has exited`));
    waiting.clear();
  });
  const ask = (name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error(`${module} has exited`));
      waiting.set(++lastId, { resolve, reject });
      child.send({ id: lastId, name, args });
    });
  const calls = new Proxy({} as RemoteCalls<C>, {
    get: (_, name) =>
      typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => ask(name, args) : undefined,
  });
  return { child, calls };
}
