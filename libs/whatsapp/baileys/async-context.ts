import asyncHooks, { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Every Baileys socket makes an AsyncLocalStorage that it never disables. Where Node keeps these with async hooks (20, and 22
 * without --experimental-async-context-frame), each promise of the process then pays for every socket there ever was. What is
 * made in `make` shares one instead. Nobody else meets the replacement: it is in place only until `make` returns, so `make`
 * must create the socket synchronously. It does not matter when Baileys was loaded, nor whether this is called within itself.
 */
export function withSharedAsyncContext<T>(make: () => T): T {
  if (!usesAsyncHooks) return make();
  const original = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage')!;
  replace({ ...valueOnly, value: SharedAsyncLocalStorage });
  try {
    // A socket made within another's context must not keep that context, and through it all earlier ones, for its whole life.
    return shared.run(undefined, make);
  } finally {
    replace(original);
  }
}

/** Only this implementation of Node's has the method; no public property tells the two apart. */
const usesAsyncHooks = '_propagate' in AsyncLocalStorage.prototype;

const valueOnly = { configurable: true, enumerable: true, writable: true };

function replace(property: PropertyDescriptor): void {
  Object.defineProperty(asyncHooks, 'AsyncLocalStorage', property);
  syncBuiltinESMExports(); // `import { AsyncLocalStorage }` sees the change only then, also in modules loaded long ago
}

/** What the current context holds, by instance. Contexts alone hold it, so an instance that is dropped leaves nothing behind. */
const shared = new AsyncLocalStorage<ReadonlyMap<object, unknown> | undefined>();

function hold(key: object, store: unknown): void {
  shared.enterWith(new Map(shared.getStore()).set(key, store));
}

function letGo(key: object): void {
  const values = new Map(shared.getStore());
  if (values.delete(key)) shared.enterWith(values.size > 0 ? values : undefined);
}

/** Behaves as AsyncLocalStorage, but is never enabled itself: it lives in `shared`, whose cost does not grow with their number. */
export class SharedAsyncLocalStorage<T> extends AsyncLocalStorage<T> {
  #key = {};

  override getStore(): T | undefined {
    const values = shared.getStore();
    return values?.has(this.#key) ? (values.get(this.#key) as T) : super.getStore(); // there, a default of newer Nodes
  }

  override enterWith(store: T): void {
    hold(this.#key, store);
  }

  override run<R, Args extends unknown[]>(store: T, callback: (...args: Args) => R, ...args: Args): R {
    if (Object.is(store, this.getStore())) return callback(...args);
    return this.#within(() => hold(this.#key, store), callback, args);
  }

  override exit<R, Args extends unknown[]>(callback: (...args: Args) => R, ...args: Args): R {
    return this.#within(() => letGo(this.#key), callback, args);
  }

  override disable(): void {
    this.#key = {}; // contexts keep what they hold under the old one, where nothing asks for it
  }

  /** Puts back this instance's value alone afterwards: what other instances entered meanwhile stays. */
  #within<R, Args extends unknown[]>(change: () => void, callback: (...args: Args) => R, args: Args): R {
    const key = this.#key;
    const before = shared.getStore();
    change();
    try {
      return callback(...args);
    } finally {
      if (before?.has(key)) hold(key, before.get(key));
      else letGo(key);
    }
  }
}
