import { AsyncLocalStorage } from 'node:async_hooks';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

type Run = (...given: unknown[]) => void;
type Start = (run: Run, ...rest: unknown[]) => NodeJS.Timeout;
type Clear = (timer?: NodeJS.Timeout | string | number) => void;

type Enter = (this: AsyncLocalStorage<unknown>, ...given: unknown[]) => unknown;

/** Each of them enables a storage. */
const enters = ['run', 'enterWith'] as const;

type Compiled = { readonly head: string; readonly source: string; readonly script: vm.Script };

/** By file name. */
const compiled = new Map<string, Compiled>();
const compileEach = vm.compileFunction;

/**
 * Compiles a module once for all specs of the worker that load it: Jest runs it anew for each, and has it compiled anew, too. What is compiled
 * while it runs, function by function, is kept as well. A spec is loaded only once.
 */
const compileOnce: typeof vm.compileFunction = (source, parameters = [], options = {}) => {
  const { filename = '', parsingContext } = options;
  if (!parsingContext || filename.endsWith('.spec.ts')) return compileEach(source, parameters, options);
  const head = `(function (${parameters.join(', ')}) {`;
  let known = compiled.get(filename);
  if (known?.source !== source || known.head !== head) {
    const script = new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
    known = { head, source, script };
    compiled.set(filename, known);
  }
  return known.script.runInContext(parsingContext) as ReturnType<typeof vm.compileFunction>;
};

/**
 * Node.js, in which nothing of a spec goes on once it is over. Timers that libraries leave behind, and the entries that Node keeps of calls of
 * `fetch`, would each keep all that their spec has loaded, 20 MB: a worker that has run a hundred specs collects garbage most of the time.
 * An AsyncLocalStorage that was used once, as Jest itself uses one for each spec, costs every promise of the worker until it is disabled, where
 * Node implements them with async hooks. Modules are compiled once for all specs of a worker.
 */
export default class SpecEnvironment extends TestEnvironment {
  private readonly running = new Set<NodeJS.Timeout>();
  private readonly storages = new Set<AsyncLocalStorage<unknown>>();
  private readonly originalEnters: PropertyDescriptorMap = {};

  override async setup(): Promise<void> {
    await super.setup();
    const timers = this.global as unknown as Record<'setTimeout' | 'setInterval', Start> &
      Record<'clearTimeout' | 'clearInterval', Clear>;
    timers.setTimeout = this.tracked(timers.setTimeout, { isOnce: true });
    timers.setInterval = this.tracked(timers.setInterval, { isOnce: false });
    timers.clearTimeout = this.forgetting(timers.clearTimeout);
    timers.clearInterval = this.forgetting(timers.clearInterval);
    for (const name of enters) {
      const original = Object.getOwnPropertyDescriptor(AsyncLocalStorage.prototype, name)!;
      this.originalEnters[name] = original;
      const value = this.noted(original.value as Enter);
      Object.defineProperty(AsyncLocalStorage.prototype, name, { ...original, value });
    }
    vm.compileFunction = compileOnce;
  }

  override async teardown(): Promise<void> {
    for (const timer of this.running) clearTimeout(timer);
    this.running.clear();
    Object.defineProperties(AsyncLocalStorage.prototype, this.originalEnters);
    for (const storage of this.storages) storage.disable();
    this.storages.clear();
    performance.clearResourceTimings();
    Reflect.deleteProperty(performance, 'now'); // where the spec has put a clock of its own in its place
    await super.teardown();
  }

  private tracked(start: Start, { isOnce }: { readonly isOnce: boolean }): Start {
    const { running } = this;
    const startTracked: Start = (run, ...rest) => {
      const timer = start(
        function (this: unknown, ...given) {
          if (isOnce) running.delete(timer);
          run.apply(this, given);
        },
        ...rest,
      );
      running.add(timer);
      return timer;
    };
    return Object.assign(startTracked, { [promisify.custom]: Reflect.get(start, promisify.custom) as unknown });
  }

  private noted(enter: Enter): Enter {
    const { storages } = this;
    return function (...given) {
      storages.add(this);
      return enter.apply(this, given);
    };
  }

  private forgetting(clear: Clear): Clear {
    return (timer) => {
      this.running.delete(timer as NodeJS.Timeout);
      clear(timer);
    };
  }
}
