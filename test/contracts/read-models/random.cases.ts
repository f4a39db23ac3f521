import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  applyWrite,
  type Collection,
  collection,
  type Fields,
  type ReadModels,
  remove,
  type Write,
} from '#lib/read-models';
import { type Conditions, type Model, modelFind, modelSumByDay, type Sort } from '../../support/read-models/model.js';
import { type ViewsFixture, viewsFor } from '../../support/read-models/fixture.js';

/** `kind`, `at` and `n` are indexed, `flag` is not: the results must be the same. */
const things = collection<Fields>({
  name: 'things',
  version: 1,
  indexes: [['kind', 'at'], ['n'], ['at', 'n']],
  search: ['text'],
});
const fields = ['kind', 'at', 'n', 'flag'] as const;
const ids = ['a', 'b', 'B', 'ä', 'id-1', 'id-10', 'id-2', '\ud83d\ude00', '\uffee', ''];

const anyId = fc.constantFrom(...ids);
const anyField = fc.constantFrom(...fields);
const anyText = fc.constantFrom(
  '',
  'x',
  'X',
  'z\u0000',
  '\uffee',
  '\ud83d\ude00',
  '2026-11-23',
  '2026-11-23T08:00:00.000Z',
);
const anyNumber = fc.constantFrom(-1, 0, 1, 1.5, 2, 2 ** 40);
const anyScalar = fc.oneof(anyText, anyNumber, fc.boolean(), fc.constant(null));
const anyValue = fc.oneof(
  { weight: 9, arbitrary: anyScalar },
  { weight: 1, arbitrary: fc.constantFrom({ deep: 1 }, [1], []) },
);
const anyDoc = fc.record(
  {
    kind: anyValue,
    at: anyValue.filter((value) => value !== 'z\u0000'),
    n: anyValue,
    flag: anyValue,
    text: fc.constantFrom('Apple', 'apricot', 'BANANA', 7),
  },
  { requiredKeys: [] },
);
const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ op: fc.constant('put'), id: anyId, doc: anyDoc }),
  fc.record(
    { op: fc.constant('patch'), id: anyId, set: anyDoc, unless: anyField, clear: fc.constantFrom('t', 'k', 'x') },
    { requiredKeys: ['op', 'id', 'set'] },
  ),
  fc.record(
    { op: fc.constant('increment'), id: anyId, by: fc.record({ n: anyNumber }), set: anyDoc, atLeast: fc.constant(0) },
    { requiredKeys: ['op', 'id', 'by', 'set'] },
  ),
  fc.record({ op: fc.constant('remove'), id: anyId }),
  fc.record({ op: fc.constant('removeAll'), field: anyField, value: anyText }),
) as fc.Arbitrary<Write>;
const anyBound = fc.oneof(anyText, anyNumber);
const anyCondition = fc.oneof(
  anyScalar,
  fc.record({ in: fc.array(anyScalar, { maxLength: 3 }) }),
  fc.record({ gt: anyBound, gte: anyBound, lt: anyBound, lte: anyBound }, { requiredKeys: [] }),
);
const anyWhere = fc.dictionary(anyField, anyCondition, { maxKeys: 2 }) as fc.Arbitrary<Conditions>;
const anySort = fc.option(fc.record({ field: anyField, order: fc.constantFrom<'asc' | 'desc'>('asc', 'desc') }), {
  nil: undefined,
});
const anyWord = fc.option(fc.constantFrom('app', 'apple', 'banana', 'xyz'), { nil: undefined });
const anyQuestion = fc.record({ where: anyWhere, sort: anySort, word: anyWord, limit: fc.integer({ min: 1, max: 5 }) });
const anyStep = fc.record({
  changes: fc.array(fc.array(anyWrite, { maxLength: 4 }), { maxLength: 4 }),
  /** How many changes of the previous step are sent again. */
  again: fc.nat({ max: 3 }),
  question: anyQuestion,
});

/** Applies steps to the views and to the model, and compares the answers of both. */
const player = (views: ReadModels, view: Collection<Fields>, model: Model) => {
  let position = 0;
  let before: readonly { readonly position: number; readonly writes: readonly Write[] }[] = [];

  const apply = async (changes: readonly (readonly Write[])[], again: number): Promise<void> => {
    const fresh = changes.map((writes) => ({ position: (position += 1), writes }));
    const repeated = again === 0 ? [] : before.slice(-again);
    before = fresh;
    for (const write of fresh.flatMap(({ writes }) => writes)) {
      for (const id of 'id' in write ? [write.id] : [...model.keys()]) {
        const doc = applyWrite(model.get(id), write);
        if (doc) model.set(id, doc);
        else model.delete(id);
      }
    }
    const { name } = view;
    await views.apply({ subscription: name, collection: name, changes: [...repeated, ...fresh], checkpoint: position });
  };

  const foundIn = async (where: Conditions, sort: Sort | undefined, word: string | undefined, limit: number) => {
    const find = { where, limit, ...(sort && { sort }), ...(word !== undefined && { search: word }) };
    const docs: Fields[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await views.find(view, cursor === undefined ? find : { ...find, cursor });
      docs.push(...page.data);
      cursor = page.next;
    }
    return docs;
  };
  return { apply, foundIn };
};

export const randomCases = (newFixture: () => Promise<ViewsFixture>, numRuns: number): void => {
  const opened = viewsFor(newFixture, [things]);

  it('have the same results as in a simple model', async () => {
    const { views } = opened;
    const model: Model = new Map();
    const { apply, foundIn } = player(views, things, model);
    const steps = fc.array(anyStep, { minLength: 1, maxLength: 6 });
    const check = fc.asyncProperty(steps, async (steps) => {
      await apply([ids.map(remove)], 0);
      for (const { changes, again, question } of steps) {
        const { where, sort, word, limit } = question;
        await apply(changes, again);
        const expected = modelFind(model, where, sort, word).map((id) => model.get(id));
        expect(await foundIn(where, sort, word, limit)).toEqual(expected);
        expect(await views.count(things, where)).toBe(modelFind(model, where, undefined).length);
        const sums = ['n', 'flag'];
        expect(await views.sumByDay(things, { where, day: 'at', sums })).toEqual(
          modelSumByDay(model, where, 'at', sums),
        );
        for (const id of ids) expect(await views.get(things, id)).toEqual(model.get(id));
      }
    });
    await fc.assert(check, { numRuns });
  }, 180_000);
};
