import { beforeEach, expect, it } from '@jest/globals';
import type { SignalDataSet } from '@whiskeysockets/baileys';
import { AppStateVersions } from './app-state-versions.js';

const type = 'app-state-sync-version';
const version = (number: number) => ({ version: number, hash: Buffer.alloc(0), indexValueMap: {} });

/** What is stored, by type and id. */
let stored: Record<string, Record<string, unknown>>;
let reads: number;
let versions: AppStateVersions;
let keys: ReturnType<AppStateVersions['over']>;

beforeEach(() => {
  stored = { [type]: { regular: version(1), regular_low: version(4) } };
  reads = 0;
  const store = {
    get: async (of: string, ids: string[]) =>
      Object.fromEntries(ids.flatMap((id) => (stored[of]?.[id] ? [[id, stored[of][id]]] : []))) as never,
    set: async (data: SignalDataSet) => {
      for (const [of, values] of Object.entries(data)) stored[of] = { ...stored[of], ...values };
    },
  };
  versions = new AppStateVersions(store);
  versions.onRead = () => (reads += 1);
  keys = versions.over(store);
});

it('shows what was read, and stores it once it is told', async () => {
  await keys.set({ [type]: { regular: version(2) }, session: { friend: Buffer.from('a') } });
  expect(reads).toBe(1);
  expect(stored).toMatchObject({ [type]: { regular: version(1) }, session: { friend: Buffer.from('a') } });
  expect(await keys.get(type, ['regular', 'regular_low'])).toEqual({ regular: version(2), regular_low: version(4) });
  await versions.keep(versions.unstored);
  expect(stored).toMatchObject({ [type]: { regular: version(2), regular_low: version(4) } });
  expect(versions.unstored).toEqual({});
});

it('keeps back what was read since', async () => {
  await keys.set({ [type]: { regular: version(2), regular_low: version(5) } });
  const told = versions.unstored;
  await keys.set({ [type]: { regular: version(3) } });
  await versions.keep(told);
  expect(stored).toMatchObject({ [type]: { regular: version(2), regular_low: version(5) } });
  expect(await keys.get(type, ['regular', 'regular_low'])).toEqual({ regular: version(3), regular_low: version(5) });
});

it('goes back to what is stored, where it could not be told', async () => {
  await keys.set({ [type]: { regular: version(2), critical_block: version(1) } });
  versions.forget();
  expect(await keys.get(type, ['regular', 'critical_block'])).toEqual({ regular: version(1) });
});

it('leaves other keys alone', async () => {
  await keys.set({ session: { friend: Buffer.from('a') } });
  expect(await keys.get('session', ['friend'])).toEqual({ friend: Buffer.from('a') });
  expect(reads).toBe(0);
});
