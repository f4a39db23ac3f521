import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { collection } from '#lib/read-models';
import { onlyDeclared } from '../../src/platform/views/declared-views.js';
import { counters } from '../support/counters.js';
import { openTestStores, type TestStores } from '../support/stores.js';

const others = collection<{ readonly id: string; readonly day: string }>({ name: 'others', version: 1 });

let stores: TestStores;

beforeAll(async () => {
  stores = await openTestStores();
  await stores.models.prepare([counters, others]);
});

afterAll(() => stores.close());

it('a query reads what it declares, and nothing else', async () => {
  const models = onlyDeclared(stores.models, [counters]);
  expect(await models.get(counters, 'a')).toBeUndefined();
  expect(await models.getAll(counters, ['a'])).toEqual([]);
  expect((await models.find(counters, { limit: 1 })).data).toEqual([]);
  expect(await models.count(counters)).toBe(0);
  const refused = [
    () => models.get(others, 'a'),
    () => models.getAll(others, ['a']),
    () => models.find(others, { limit: 1 }),
    () => models.count(others),
    () => models.sumByDay(others, { day: 'day', sums: [] }),
  ];
  for (const reading of refused) await expect(reading()).rejects.toThrow('reads the view "others"');
});
