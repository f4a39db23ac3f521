import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SharedAsyncContext, withSharedAsyncContext } from '../../libs/whatsapp/baileys/async-context.js';
import type { SocketCost } from './socket-cost.js';

/** Where Node does not use async hooks, nothing is shared. */
const usesHooks = '_propagate' in AsyncLocalStorage.prototype;
const wanted = usesHooks ? SharedAsyncContext : AsyncLocalStorage;

type Storage = Pick<AsyncLocalStorage<number>, 'getStore'> & {
  readonly run: <Result>(store: number, work: () => Promise<Result>) => Promise<Result>;
};
type Step =
  | { readonly do: 'look' | 'fail' }
  | { readonly do: 'run'; readonly at: number; readonly store: number; readonly body: readonly Step[] }
  | { readonly do: 'wait'; readonly by: 'promise' | 'immediate' | 'timer' }
  | { readonly do: 'together'; readonly bodies: readonly (readonly Step[])[] };

const INSTANCES = 3;
const waits = { promise: () => Promise.resolve(), immediate: () => setImmediate(), timer: () => setTimeout(1) };

/** Runs a program and returns what each instance held at every look, in the order of each branch. */
async function trace(storages: readonly Storage[], program: readonly Step[]): Promise<readonly string[]> {
  const seen: string[] = [];

  const perform = async (steps: readonly Step[], branch: string): Promise<void> => {
    const look = (place: string) =>
      seen.push(`${place}: ${storages.map((storage) => storage.getStore() ?? '-').join(' ')}`);
    const branches = async (bodies: readonly (readonly Step[])[], inner: string): Promise<void> => {
      const all = await Promise.allSettled(bodies.map((body, index) => perform(body, `${inner}.${index}`)));
      const failed = all.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
    };
    for (const [index, step] of steps.entries()) {
      const inner = `${branch}.${index}`;
      try {
        if (step.do === 'wait') await waits[step.by]();
        else if (step.do === 'run') await storages[step.at]!.run(step.store, () => perform(step.body, inner));
        else if (step.do === 'together') await branches(step.bodies, inner);
        else if (step.do === 'fail' && index % 2 === 1) throw new Error('on purpose');
      } catch (error) {
        look(`${inner} after a failure`);
        if (index % 3 === 0) throw error;
      }
      look(inner);
    }
  };

  await perform(program, '').catch(() => undefined);
  seen.push(storages.map((storage) => storage.getStore() ?? '-').join(' '));
  return seen.sort();
}

const at = fc.nat(INSTANCES - 1);
const store = fc.integer({ min: 0, max: 3 });
const { program } = fc.letrec<{ program: readonly Step[]; step: Step }>((tie) => ({
  program: fc.array(tie('step'), { maxLength: 5 }),
  step: fc.oneof(
    { maxDepth: 4 },
    fc.record({ do: fc.constantFrom('look' as const, 'fail' as const) }),
    fc.record({
      do: fc.constant('wait' as const),
      by: fc.constantFrom('promise' as const, 'immediate' as const, 'timer' as const),
    }),
    fc.record({ do: fc.constant('run' as const), at, store, body: tie('program') }),
    fc.record({ do: fc.constant('together' as const), bodies: fc.array(tie('program'), { maxLength: 3 }) }),
  ),
}));

const several = (make: () => Storage) => Array.from({ length: INSTANCES }, make);

/** Each that is enabled makes every promise cost more. */
const natives: AsyncLocalStorage<number>[] = [];
const newNative = (): AsyncLocalStorage<number> => {
  const storage = new AsyncLocalStorage<number>();
  natives.push(storage);
  return storage;
};
const disableNatives = (): void => {
  for (const storage of natives.splice(0)) storage.disable();
};
afterEach(disableNatives);

describe('the shared context', () => {
  it('holds the same as the native one, whatever is run and awaited, one after the other and at the same time', async () => {
    const native = () => several(newNative);
    const shared = () => several(() => new SharedAsyncContext<number>());
    await fc.assert(
      fc.asyncProperty(fc.array(program, { minLength: 1, maxLength: 3 }), async (programs) => {
        const all = (make: () => Storage[]) => Promise.all(programs.map((steps) => trace(make(), steps)));
        expect(await all(shared)).toEqual(await all(native));
        disableNatives();
      }),
      { numRuns: 500 },
    );
  });

  it('is over once its work has settled: what was left running finds none', async () => {
    const [outer, inner] = [new SharedAsyncContext<string>(), new SharedAsyncContext<string>()];
    const left: Promise<readonly unknown[]>[] = [];
    const look = (): readonly unknown[] => [outer.getStore(), inner.getStore()];
    await outer.run('outer', async () => {
      await inner.run('inner', async () => void left.push(setImmediate().then(look)));
      expect(look()).toEqual(['outer', undefined]);
      expect(await left[0]).toEqual(['outer', undefined]);
      left.push(setImmediate().then(look));
    });
    expect(await left[1]).toEqual([undefined, undefined]);
    await expect(outer.run('outer', () => Promise.reject(new Error('on purpose')))).rejects.toThrow('on purpose');
    expect(look()).toEqual([undefined, undefined]);
  });
});

describe('sharing the context', () => {
  const made = () => new AsyncLocalStorage<number>();

  it('applies to modules that are loaded already, during the call only', () => {
    const native = AsyncLocalStorage;
    const inside = withSharedAsyncContext(() => [made(), withSharedAsyncContext(made), made()]);
    expect(inside.map((storage) => storage.constructor)).toEqual(Array(3).fill(wanted));
    const failing = () => {
      throw new Error('on purpose');
    };
    expect(() => withSharedAsyncContext(failing)).toThrow('on purpose');
    expect([AsyncLocalStorage, made().constructor]).toEqual([native, native]);
  });

  it('does not affect other storages', async () => {
    const others = newNative();
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

  it('leave nothing behind with a shared context, even 300 of them', async () => {
    const { uncollected, ...cost } = await measure('shared', 300);
    expect(cost).toEqual({ arePromisesFollowed: false, enabled: 0 });
    expect(uncollected).toBeLessThan(10); // the engine may still hold the last ones
  }, 60_000);

  (usesHooks ? it : it.skip)(
    'have each promise followed for each of them without it, on this version of Node',
    async () => expect(await measure('native', 100)).toMatchObject({ arePromisesFollowed: true, enabled: 100 }),
    60_000,
  );
});
