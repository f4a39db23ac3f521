import { fork, type ChildProcess } from 'node:child_process';

/** What a child process can be asked to do. Arguments and results are what structured clone carries. */
export type ChildCalls = { readonly [name: string]: (...args: never[]) => unknown };

/** The same, asked from outside. A call rejects when the child throws, or ends before it has answered. */
export type RemoteCalls<C extends ChildCalls> = {
  readonly [K in keyof C]: (...args: Parameters<C[K]>) => Promise<Awaited<ReturnType<C[K]>>>;
};

type Question = { readonly id: number; readonly name: string; readonly args: readonly never[] };
type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string };

/** In the child: answers what the parent asks, until the parent goes away. */
export function serveCalls(calls: ChildCalls): void {
  const answer = async ({ name, args }: Question): Promise<unknown> => calls[name]?.(...args);
  process.on('message', (question: Question) => {
    answer(question).then(
      (result) => process.send?.({ id: question.id, result } satisfies Answer),
      (error: unknown) => process.send?.({ id: question.id, error: String(error) } satisfies Answer),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** In the parent: starts a compiled module of `dist/test` that serves these calls. */
export function startChild<C extends ChildCalls>(
  module: string,
  execArgv: readonly string[] = [],
): { child: ChildProcess; calls: RemoteCalls<C> } {
  const child = fork(`dist/test/${module}`, [], { serialization: 'advanced', execArgv: [...execArgv] });
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  child.on('message', ({ id, result, error }: Answer) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) waiter?.resolve(result);
    else waiter?.reject(new Error(error));
  });
  child.once('exit', () => {
    for (const waiter of waiting.values()) waiter.reject(new Error(`${module} has ended`));
    waiting.clear();
  });
  const ask = (name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error(`${module} has ended`));
      waiting.set(++lastId, { resolve, reject });
      child.send({ id: lastId, name, args });
    });
  const calls = new Proxy({} as RemoteCalls<C>, {
    get: (_, name) =>
      typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => ask(name, args) : undefined,
  });
  return { child, calls };
}
