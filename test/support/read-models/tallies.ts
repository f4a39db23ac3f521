import { type Batch, collection, increment } from '#lib/read-models';

export type Tally = { readonly events?: number; readonly sum?: number; readonly text?: string };

/** Ten documents that count events: the checkpoint determines their content. */
export const tallies = collection<Tally>({
  name: 'tallies',
  version: 1,
  indexes: [['events'], ['sum', 'events']],
  search: ['text'],
});

const tallyOf = (position: number): string => `tally-${position % 10}`;

/** One change for each position after `from`, up to `to`. `filler` makes the documents larger. */
export const tallyBatch = (from: number, to: number, filler = ''): Batch => ({
  subscription: tallies.name,
  collection: tallies.name,
  changes: Array.from({ length: to - from }, (_, offset) => {
    const position = from + offset + 1;
    const text = filler === '' ? `word${position}` : filler;
    return { position, writes: [increment(tallyOf(position), { events: 1, sum: position }, { text })] };
  }),
  checkpoint: to,
});

/** The content of the documents at a checkpoint. */
export const expectedTallies = (checkpoint: number): ReadonlyMap<string, { events: number; sum: number }> => {
  const expected = new Map<string, { events: number; sum: number }>();
  for (let position = 1; position <= checkpoint; position += 1) {
    const { events, sum } = expected.get(tallyOf(position)) ?? { events: 0, sum: 0 };
    expected.set(tallyOf(position), { events: events + 1, sum: sum + position });
  }
  return expected;
};
