import type { ExpectedRevision } from '../port.js';
import type { TextAppend, TextEvent } from './input.js';

/** Appends that are stored all or none. */
export type Unit = readonly TextAppend[];

/** What became of one append: stored now, stored before, in conflict, or left out because another of its unit was in conflict. */
export type Outcome =
  | { readonly kind: 'stored' | 'stored_before'; readonly revision: number; readonly position: number }
  | { readonly kind: 'conflict'; readonly actual: number | 'no_stream' }
  | { readonly kind: 'left_out' };

/*
 * Threads pass copies. One string and one list of numbers are copied many times faster than the objects that they stand for, and
 * neither names nor JSON texts contain line breaks.
 */

/** What the writer is given of a group. `recordedAt` is in milliseconds. */
export type EncodedGroup = { readonly units: string; readonly recordedAt: number };

/** A group of units as text, one field a line. */
export const encodeUnits = (units: readonly Unit[]): string => {
  const lines: (string | number)[] = [];
  for (const unit of units) {
    lines.push(unit.length);
    for (const { stream, expected, events } of unit) {
      lines.push(stream, expected, events.length);
      for (const [id, type, data, metadata] of events) lines.push(id, type, data, metadata);
    }
  }
  return lines.join('\n');
};

export const decodeUnits = (text: string): readonly Unit[] => {
  const lines = text.split('\n');
  let next = 0;
  const take = (): string => lines[next++] as string;
  const times = <Item>(count: number, item: () => Item): Item[] => Array.from({ length: count }, item);
  const event = (): TextEvent => [take(), take(), take(), take()];
  const append = (): TextAppend => ({
    stream: take(),
    expected: expectedOf(take()),
    events: times(Number(take()), event),
  });
  const units: Unit[] = [];
  while (next < lines.length) units.push(times(Number(take()), append));
  return units;
};

const expectedOf = (text: string): ExpectedRevision =>
  text === 'any' || text === 'no_stream' || text === 'stream_exists' ? text : Number(text);

const codes = { stored: 0, stored_before: 1, conflict: 2, left_out: 3 } as const;
const noStream = -1;

/** The outcomes of all appends of a group, one after the other, as numbers: three for each. */
export const encodeOutcomes = (outcomes: readonly Outcome[]): readonly number[] => {
  const numbers: number[] = [];
  for (const outcome of outcomes) {
    const code = codes[outcome.kind];
    if (outcome.kind === 'conflict') numbers.push(code, outcome.actual === 'no_stream' ? noStream : outcome.actual, 0);
    else if (outcome.kind === 'left_out') numbers.push(code, 0, 0);
    else numbers.push(code, outcome.revision, outcome.position);
  }
  return numbers;
};

export const decodeOutcomes = (numbers: readonly number[]): readonly Outcome[] =>
  Array.from({ length: numbers.length / 3 }, (_, index): Outcome => {
    const [code, first = 0, second = 0] = numbers.slice(index * 3, index * 3 + 3);
    if (code === codes.conflict) return { kind: 'conflict', actual: first === noStream ? 'no_stream' : first };
    if (code === codes.left_out) return { kind: 'left_out' };
    return { kind: code === codes.stored ? 'stored' : 'stored_before', revision: first, position: second };
  });
