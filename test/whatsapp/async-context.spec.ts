import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SharedAsyncLocalStorage, withSharedAsyncContext } from '../../libs/whatsapp/baileys/async-context.js';
import type { SocketCost } from './socket-cost.js';

/** Where Node does not use async hooks, nothing is shared. */
const usesHooks = '_propagate' in AsyncLocalStorage.prototype;
const wanted = usesHooks ? SharedAsyncLocalStorage : AsyncLocalStorage;

type Storage = AsyncLocalStorage<number>;
type Step =
  | { readonly do: 'look' }
  | { readonly do: 'enter'; readonly at: number; readonly store: number }
  | { readonly do: 'run'; readonly at: number; readonly store: number; readonly body: readonly Step[] }
  | { readonly do: 'exit'; readonly at: number; readonly body: readonly Step[] }
  | { readonly do: 'wait'; readonly by: 'promise' | 'immediate' | 'timer' }
  | { readonly do: 'fork' | 'bind' | 'snapshot' | 'fail'; readonly body: readonly Step[] };

const INSTANCES = 3;
const waits = { promise: () => Promise.resolve(), immediate: () => setImmediate(), timer: () => setTimeout(1) };

/** Runs a program and returns what each instance held at every look, in the order of each branch. */
async function trace(storages: readonly Storage[], program: readonly Step[]): Promise<readonly string[]> {
  const seen: string[] = [];
  const forks: Promise<void>[] = [];

  const perform = async (steps: readonly Step[], branch: string): Promise<void> => {
    const look = (place: string) =>
      seen.push(`${place}: ${storages.map((storage) => storage.getStore() ?? '-').join(' ')}`);
    for (const [index, step] of steps.entries()) {
      const inner = `${branch}.${index}`;
      if (step.do === 'wait') await waits[step.by]();
      else if (step.do === 'enter') storages[step.at]!.enterWith(step.store);
      else if (step.do === 'run') await storages[step.at]!.run(step.store, perform, step.body, inner);
      else if (step.do === 'exit') await storages[step.at]!.exit(perform, step.body, inner);
      else if (step.do === 'fork') forks.push(perform(step.body, inner));
      else if (step.do === 'bind') await AsyncResource.bind(perform)(step.body, inner);
      else if (step.do === 'snapshot') forks.push(AsyncLocalStorage.snapshot()(perform, step.body, inner));
      else if (step.do === 'fail') await failing(storages[0]!, () => perform(step.body, inner));
      look(inner);
    }
  };

  await setImmediate(); // in a context of its own, which the next program does not inherit
  await perform(program, '');
  for (const fork of forks) await fork;
  for (const storage of storages) storage.disable();
  return seen.sort();
}

const failing = async (storage: Storage, work: () => Promise<void>): Promise<void> => {
  let started: Promise<void> | undefined;
  const fail = () => {
    started = work();
    throw new Error('on purpose');
  };
  expect(() => storage.run(99, fail)).toThrow('on purpose');
  await started;
};

const at = fc.nat(INSTANCES - 1);
const store = fc.integer({ min: 0, max: 3 });
const { program } = fc.letrec<{ program: readonly Step[]; step: Step; quiet: readonly Step[]; quietStep: Step }>(
  (tie) => ({
    program: fc.array(tie('step'), { maxLength: 5 }),
    step: fc.oneof(
      { maxDepth: 4 },
      fc.record({ do: fc.constant('look' as const) }),
      fc.record({ do: fc.constant('enter' as const), at, store }),
      fc.record({
        do: fc.constant('wait' as const),
        by: fc.constantFrom('promise' as const, 'immediate' as const, 'timer' as const),
      }),
      fc.record({ do: fc.constant('run' as const), at, store, body: tie('program') }),
      fc.record({
        do: fc.constantFrom('fork' as const, 'bind' as const, 'snapshot' as const, 'fail' as const),
        body: tie('program'),
      }),
      fc.record({ do: fc.constant('exit' as const), at, body: tie('quiet') }),
    ),
    // Entering an instance within exit() is left out: what Node 20 does then is not documented.
    quiet: fc.array(tie('quietStep'), { maxLength: 3 }),
    quietStep: fc.oneof(
      { maxDepth: 4 },
      fc.record({ do: fc.constant('look' as const) }),
      fc.record({
        do: fc.constant('wait' as const),
        by: fc.constantFrom('promise' as const, 'immediate' as const, 'timer' as const),
      }),
      fc.record({ do: fc.constantFrom('fork' as const, 'bind' as const), body: tie('quiet') }),
    ),
  }),
);

const several = (make: () => Storage) => Array.from({ length: INSTANCES }, make);

describe('the shared storage', () => {
  it('holds the same as the native one, whatever is run, entered, exited, awaited and bound', async () => {
    const native = () => several(() => new AsyncLocalStorage());
    const shared = () => several(() => new SharedAsyncLocalStorage());
    await fc.assert(
      fc.asyncProperty(program, async (steps) => {
        expect(await trace(shared(), steps)).toEqual(await trace(native(), steps));
      }),
      { numRuns: 500 },
    );
  });

  it('passes arguments, results and errors through', () => {
    const storage = new SharedAsyncLocalStorage<number>();
    const add = (a: number, b: number) => a + b + (storage.getStore() ?? 0);
    expect([storage.run(100, add, 1, 2), storage.exit(add, 1, 2)]).toEqual([103, 3]);
    const fail = () => {
      throw new Error('on purpose');
    };
    expect(() => storage.run(100, fail)).toThrow('on purpose');
    expect(() => storage.run(100, () => storage.exit(fail))).toThrow('on purpose');
    expect(storage.getStore()).toBeUndefined();
  });

  it('is removed from every context when it is disabled, and can be used again afterwards', async () => {
    const [storage, other] = [new SharedAsyncLocalStorage<number>(), new SharedAsyncLocalStorage<number>()];
    await other.run(7, () =>
      storage.run(1, async () => {
        const later = setImmediate().then(() => [storage.getStore(), other.getStore()]);
        storage.disable();
        expect(storage.getStore()).toBeUndefined();
        expect(await later).toEqual([undefined, 7]);
        expect(await storage.run(2, async () => setImmediate().then(() => storage.getStore()))).toBe(2);
      }),
    );
    expect([storage.getStore(), other.getStore()]).toEqual([undefined, undefined]);
  });
});

describe('sharing the context', () => {
  const made = () => new AsyncLocalStorage<number>();

  it('applies to modules that are loaded already, during the call only', () => {
    const native = AsyncLocalStorage;
    const inside = withSharedAsyncContext(() => [made(), withSharedAsyncContext(made), made()]);
    expect(inside.map((storage) => storage.constructor)).toEqual(Array(3).fill(wanted));
    expect(inside.every((storage) => storage instanceof AsyncLocalStorage)).toBe(true);
    const failing = () => {
      throw new Error('on purpose');
    };
    expect(() => withSharedAsyncContext(failing)).toThrow('on purpose');
    expect([AsyncLocalStorage, made().constructor]).toEqual([native, native]);
  });

  it('does not affect other storages', async () => {
    const others = made();
    await others.run(1, async () => {
      const storage = withSharedAsyncContext(made);
      const both = async () => [others.getStore(), (await setImmediate(), storage.getStore())];
      expect([await both(), await storage.run(2, both)]).toEqual([
        [1, undefined],
        [1, 2],
      ]);
    });
  });

  it('does not retain the context in which a socket is created, so that reconnecting leaks nothing', async () => {
    const first = withSharedAsyncContext(made);
    const seen = await first.run(1, () => withSharedAsyncContext(() => setImmediate().then(() => first.getStore())));
    expect(seen).toBe(usesHooks ? undefined : 1);
  });
});

describe('sockets that were closed', () => {
  const measure = async (mode: 'shared' | 'native', sockets: number): Promise<SocketCost> => {
    const script = fileURLToPath(new URL('../../dist/test/whatsapp/socket-cost.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, mode, String(sockets)]);
    return JSON.parse(stdout) as SocketCost;
  };

  it('cost nothing with a shared context, even 300 of them', async () => {
    const cost = await measure('shared', 300);
    expect(cost.after).toBeLessThan(cost.before * 10);
    expect(cost).toMatchObject({ enabled: usesHooks ? 2 : -1, uncollected: 0 });
  }, 60_000);

  (usesHooks ? it : it.skip)(
    'slow down the process without it, on this version of Node',
    async () => {
      const cost = await measure('native', 100);
      expect(cost.enabled).toBe(101);
      expect(cost.after).toBeGreaterThan(cost.before * 10);
    },
    60_000,
  );
});
