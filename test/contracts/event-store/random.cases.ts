import { describe, expect, it } from '@jest/globals';
import { RevisionConflict, type EventStore, type ExpectedRevision, type StreamAppend } from '#lib/event-store';
import * as fc from 'fast-check';
import { collect, newEvent } from '../../support/event-store/events.js';
import { ModelStore, type ModelAnswer } from '../../support/event-store/model.js';
import { withStore, type OpenStoreFixture } from '../../support/event-store/fixture.js';

type Step = { readonly appends: readonly StreamAppend[]; readonly then: 'go_on' | 'verify' | 'reopen' };

// Few streams, revisions and ids, so that they collide.
const pool = Array.from({ length: 12 }, () => newEvent());
const expected: fc.Arbitrary<ExpectedRevision> = fc.oneof(
  fc.constantFrom<ExpectedRevision>('any', 'no_stream', 'stream_exists'),
  fc.nat(4),
);
const known = fc.uniqueArray(fc.constantFrom(...pool), { minLength: 1, maxLength: 3, selector: ({ id }) => id });
const fresh = fc.array(fc.constant('fresh'), { minLength: 1, maxLength: 3 }).map((list) => list.map(() => newEvent()));
const append = fc.record({
  stream: fc.constantFrom('a-1', 'a-2', 'b-1'),
  expected,
  events: fc.oneof(known, fresh),
});
const step: fc.Arbitrary<Step> = fc.record({
  appends: fc.array(append, { minLength: 1, maxLength: 8 }),
  then: fc.constantFrom('go_on', 'go_on', 'go_on', 'verify', 'reopen'),
});

const answerOf = async (store: EventStore, append: StreamAppend): Promise<ModelAnswer> => {
  try {
    return await store.append(append);
  } catch (error) {
    if (error instanceof RevisionConflict) return { actual: error.actual };
    throw error;
  }
};

export const randomWork = (open: OpenStoreFixture): void => {
  describe('random appends', () => {
    it('have the same results as in a simple model', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) =>
          withStore(open, async (first, { reopen }) => {
            let store = first;
            const model = new ModelStore();
            const corrupt: unknown[] = [];
            for (const { appends, then } of steps) {
              // Called at once, and so committed together, in this order.
              const answers = await Promise.all(appends.map((each) => answerOf(store, each)));
              const expectedAnswers = appends.map(({ stream, expected, events }) =>
                model.append(stream, expected, events),
              );
              expect(answers.map(withoutPosition(store))).toEqual(expectedAnswers.map(withoutPosition(store)));
              corrupt.push(...(then === 'verify' ? (await store.verify()).corrupt : []));
              if (then === 'reopen') store = await reopen();
            }
            expect(corrupt).toEqual([]);
            const stored = await collect(store.readAll());
            expect(stored.map(({ stream, revision, id }) => ({ stream, revision, id }))).toEqual(model.log);
            for (const stream of ['a-1', 'a-2', 'b-1']) {
              const ids = (await collect(store.readStream(stream))).map(({ id }) => id);
              expect(ids).toEqual(model.ofStream(stream).map(({ id }) => id));
            }
          })(),
        ),
        { numRuns: 30 },
      );
    }, 60_000);
  });
};

/** Positions equal those of the model only in a store without gaps. */
const withoutPosition =
  (store: EventStore) =>
  (answer: ModelAnswer): Partial<ModelAnswer> =>
    store.capabilities.gapless || 'actual' in answer ? answer : { revision: answer.revision };
