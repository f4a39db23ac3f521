import asyncHooks, { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Every Baileys socket creates an AsyncLocalStorage for its transactions and never disables it. Where Node implements these with async hooks
 * (20, and 22 without --experimental-async-context-frame), every promise of the thread then costs more with each socket that ever existed. Those
 * that are created within `make` share a single one instead, which is enabled only while a transaction is under way. The class is only replaced
 * until `make` returns, so `make` must create the socket synchronously. It does not matter when Baileys was loaded, and calls may be nested.
 */
export function withSharedAsyncContext<T>(make: () => T): T {
  if (!usesAsyncHooks) return make();
  const original = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage')!;
  replace({ ...valueOnly, value: SharedAsyncContext });
  try {
    // A socket that is created in the context of another must not retain that context, and through it all earlier ones.
    return contexts.run(undefined, make);
  } finally {
    replace(original);
  }
}

/** Only this implementation has the method; there is no public way to distinguish them. */
const usesAsyncHooks = '_propagate' in AsyncLocalStorage.prototype;

const valueOnly = { configurable: true, enumerable: true, writable: true };

function replace(property: PropertyDescriptor): void {
  Object.defineProperty(asyncHooks, 'AsyncLocalStorage', property);
  syncBuiltinESMExports(); // updates `import { AsyncLocalStorage }`, also in modules that are loaded already
}

type Context = {
  readonly of: object;
  readonly store: unknown;
  readonly outer: Context | undefined;
  isOver: boolean;
};

const contexts = new AsyncLocalStorage<Context | undefined>();
/** Contexts that are not over. */
let underWay = 0;

/** The first that is not over, from one outwards. */
function lasting(context: Context | undefined): Context | undefined {
  let found = context;
  while (found?.isOver) found = found.outer;
  return found;
}

/**
 * As much of an AsyncLocalStorage as Baileys uses. Unlike there, a context is over once its work has settled: what was left running finds no
 * transaction any more, while Baileys would let it write into one that was committed already. While none is under way, promises cost nothing.
 */
export class SharedAsyncContext<T> implements Pick<AsyncLocalStorage<T>, 'getStore'> {
  getStore(): T | undefined {
    let context = lasting(contexts.getStore());
    while (context && context.of !== this) context = lasting(context.outer);
    return context?.store as T | undefined;
  }

  async run<Result>(store: T, work: () => Promise<Result>): Promise<Result> {
    const context: Context = { of: this, store, outer: lasting(contexts.getStore()), isOver: false };
    underWay += 1;
    try {
      return await contexts.run(context, work);
    } finally {
      context.isOver = true;
      underWay -= 1;
      if (underWay === 0) contexts.disable();
    }
  }
}
