import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { InvalidInput } from './problem.js';
import { validated } from './validation.js';

const Parcel = z.strictObject({
  to: z.string(),
  note: z.string().exactOptional(),
  content: z.union([
    z.strictObject({ items: z.array(z.strictObject({ name: z.string(), size: z.string().exactOptional() })) }),
    z.strictObject({ letter: z.string().min(3) }),
  ]),
  day: z.union([z.iso.date(), z.iso.datetime()]).exactOptional(),
});

const problemsOf = (value: unknown): readonly string[] => {
  try {
    validated(Parcel, value);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.errors.map(({ path, message }) => `${path}: ${message}`);
  }
};

it('null for an optional field is the same as leaving it out, also within one of several options', () => {
  const given = { to: 'Ana', note: null, content: { items: [{ name: 'Book', size: null }] }, day: null };
  expect(validated(Parcel, given)).toEqual({ to: 'Ana', content: { items: [{ name: 'Book' }] } });
});

it.each([
  [{ to: null, content: { letter: 'Dear' } }, ['to: Is required']],
  [{ to: 'Ana', content: { items: [{ size: 'L' }] } }, ['content.items.0.name: Is required']],
  [{ to: 'Ana', content: { letter: '' } }, ['content.letter: Must have at least 3 characters']],
  [{ to: 'Ana', content: { letter: 'Dear', stamp: 1 } }, ['content.stamp: There is no such field']],
  [{ to: 'Ana', content: 7 }, ['content: Is not valid']],
  [{ to: 'Ana', content: { letter: 'Dear' }, day: 'soon' }, ['day: Is not valid']],
  [{ to: 'Ana' }, ['content: Is required']],
])('%j is refused by the fields that are wrong', (given, problems) => {
  expect(problemsOf(given)).toEqual(problems);
});
