import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { collection } from '../collection.js';
import type { EventWrites } from '../port.js';
import { documentsAfter } from '../testing/index.js';
import { increment, type Fields, type Write } from '../write.js';
import { idsIn, statementsOf } from './drafts.js';
import { joinedDrafts } from './joining.js';
import { toFields, type DocumentRow } from './rows.js';

const cards = collection<Fields>({
  name: 'cards',
  version: 1,
  joined: {
    leadsBy: 'next',
    shownIn: 'lead',
    others: 'others',
    combined: { total: { sum: 'n' }, latest: { newest: 'at', by: 'at' } },
  },
});

type Statement = {
  readonly insertOne?: { readonly document: DocumentRow };
  readonly replaceOne?: {
    readonly filter: { readonly _id: string; readonly _at: number };
    readonly replacement: DocumentRow;
  };
};

/** Makes so many of the statements of a batch; tells whether these were all. */
const attempt = async (
  rows: Map<string, DocumentRow>,
  changes: readonly EventWrites[],
  statements: number,
): Promise<boolean> => {
  const byIds = async (ids: readonly string[]) => ids.flatMap((id) => rows.get(id) ?? []);
  const byField = async (field: string, values: readonly string[]) =>
    [...rows.values()].filter((row) => values.includes(String(row[field])));
  const found = new Map((await byIds(idsIn(changes))).map((row) => [row._id, row]));
  const drafts = await joinedDrafts(cards, changes, 0, { found, rows: { byIds, byField, areWhole: false } });
  const { deletes, inserts, updates } = statementsOf(cards, changes, 0, drafts);
  const all = [...deletes, ...inserts, ...updates] as readonly Statement[];
  for (const { insertOne, replaceOne } of all.slice(0, statements)) {
    const row = insertOne?.document ?? replaceOne?.replacement;
    if (!row || rows.get(row._id)?._at !== replaceOne?.filter._at) throw new Error('Nobody else writes here');
    rows.set(row._id, row);
  }
  return statements >= all.length;
};

const anyId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const written = (id: string, at: number): Write => increment(id, { n: 1 }, { at });
const there = (id: string): Write => increment(id, { n: 0 });
const anyWrites: fc.Arbitrary<readonly Write[]> = fc.oneof(
  fc.tuple(anyId, fc.nat(9)).map(([id, at]) => [written(id, at)]),
  fc.tuple(anyId, anyId).map(([id, next]) => [there(next), increment(id, { n: 0 }, { next })]),
  anyId.map((id) => [increment(id, { n: 0 }, { next: null })]),
);
const anyBatch = fc.record({
  events: fc.array(anyWrites, { minLength: 1, maxLength: 4 }),
  /** So many statements are made by each attempt that does not succeed. */
  broken: fc.array(fc.nat(6), { maxLength: 3 }),
  /** An attempt after that takes only so many of the events. */
  shortened: fc.nat(3),
});

describe('documents that are shown as one, where a batch may end between two statements', () => {
  it('are joined as if it had not, once it is repeated', async () => {
    const check = fc.asyncProperty(fc.array(anyBatch, { minLength: 1, maxLength: 6 }), async (batches) => {
      const rows = new Map<string, DocumentRow>();
      let position = 0;
      for (const { events, broken, shortened } of batches) {
        const changes = events.map((writes) => ({ position: (position += 1), writes }));
        for (const statements of broken) await attempt(rows, changes, statements);
        if (shortened > 0) await attempt(rows, changes.slice(0, shortened), 100);
        expect(await attempt(rows, changes, 100)).toBe(true);
      }
      const writes = batches.flatMap(({ events }) => events.flat());
      const documents = new Map([...rows].map(([id, row]) => [id, toFields(row)]));
      expect(documents).toEqual(documentsAfter(cards, writes));
    });
    await fc.assert(check, { numRuns: 1500 });
  });
});
