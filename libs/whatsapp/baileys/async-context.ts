import asyncHooks, { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Every Baileys socket creates an AsyncLocalStorage and never disables it. Where Node implements these with async hooks (20, and 22 without
 * --experimental-async-context-frame), every promise of the process then costs more with each socket that ever existed. Those that are
 * created within `make` share a single one instead. The class is only replaced until `make` returns, so `make` must create the socket
 * synchronously. It does not matter when Baileys was loaded, and calls may be nested.
 */
export function withSharedAsyncContext<T>(make: () => T): T {
  if (!usesAsyncHooks) return make();
  const original = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage')!;
  replace({ ...valueOnly, value: SharedAsyncLocalStorage });
  try {
    // A socket that is created in the context of another must not retain that context, and through it all earlier ones.
    return shared.run(undefined, make);
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

/** The values of the current context, by instance. Only contexts refer to them, so they are collected together with an instance. */
const shared = new AsyncLocalStorage<ReadonlyMap<object, unknown> | undefined>();

function setValue(key: object, store: unknown): void {
  shared.enterWith(new Map(shared.getStore()).set(key, store));
}

function deleteValue(key: object): void {
  const values = new Map(shared.getStore());
  if (values.delete(key)) shared.enterWith(values.size > 0 ? values : undefined);
}

/** Behaves like AsyncLocalStorage, but keeps its values in `shared`. So the cost does not grow with the number of instances. */
export class SharedAsyncLocalStorage<T> extends AsyncLocalStorage<T> {
  #key = {};

  override getStore(): T | undefined {
    const values = shared.getStore();
    return values?.has(this.#key) ? (values.get(this.#key) as T) : super.getStore(); // may return the default value of newer versions of Node
  }

  override enterWith(store: T): void {
    setValue(this.#key, store);
  }

  override run<R, Args extends unknown[]>(store: T, callback: (...args: Args) => R, ...args: Args): R {
    if (Object.is(store, this.getStore())) return callback(...args);
    return this.#within(() => setValue(this.#key, store), callback, args);
  }

  override exit<R, Args extends unknown[]>(callback: (...args: Args) => R, ...args: Args): R {
    return this.#within(() => deleteValue(this.#key), callback, args);
  }

  override disable(): void {
    this.#key = {}; // values under the old key can no longer be read
  }

  /** Afterwards restores the value of this instance alone: changes of other instances stay. */
  #within<R, Args extends unknown[]>(change: () => void, callback: (...args: Args) => R, args: Args): R {
    const key = this.#key;
    const before = shared.getStore();
    change();
    try {
      return callback(...args);
    } finally {
      if (before?.has(key)) setValue(key, before.get(key));
      else deleteValue(key);
    }
  }
}
