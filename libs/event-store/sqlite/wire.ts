import type { ExpectedRevision } from '../port.js';
import type { SerializedAppend, SerializedEvent } from '../serialize.js';

/** Appends that are stored all or none, see `appendMany`. */
export type AtomicAppends = readonly SerializedAppend[];

/** The outcome of one append: stored now, stored before, a conflict, or not tried because another of its `AtomicAppends` had one. */
export type AppendOutcome =
  | { readonly kind: 'stored' | 'stored_before'; readonly revision: number; readonly position: number }
  | { readonly kind: 'conflict'; readonly actual: number | 'no_stream' }
  | { readonly kind: 'not_tried' };

/*
 * A string and a list of numbers are cloned to another thread many times faster than the objects they encode. Neither names nor JSON
 * contain line breaks.
 */

/** A commit as it is passed to the writer. `recordedAt` is in milliseconds. */
export type EncodedCommit = { readonly group: string; readonly recordedAt: number };

/** A group as text, one field per line. */
export const encodeGroup = (group: readonly AtomicAppends[]): string => {
  const lines: (string | number)[] = [];
  for (const appends of group) {
    lines.push(appends.length);
    for (const { stream, expected, events } of appends) {
      lines.push(stream, expected, events.length);
      for (const [id, type, data, metadata] of events) lines.push(id, type, data, metadata);
    }
  }
  return lines.join('\n');
};

export const decodeGroup = (text: string): readonly AtomicAppends[] => {
  const lines = text.split('\n');
  let next = 0;
  const take = (): string => lines[next++] as string;
  const times = <Item>(count: number, item: () => Item): Item[] => Array.from({ length: count }, item);
  const event = (): SerializedEvent => [take(), take(), take(), take()];
  const append = (): SerializedAppend => ({
    stream: take(),
    expected: expectedOf(take()),
    events: times(Number(take()), event),
  });
  const group: AtomicAppends[] = [];
  while (next < lines.length) group.push(times(Number(take()), append));
  return group;
};

const expectedOf = (text: string): ExpectedRevision =>
  text === 'any' || text === 'no_stream' || text === 'stream_exists' ? text : Number(text);

const codes = { stored: 0, stored_before: 1, conflict: 2, not_tried: 3 } as const;
const noStreamCode = -1;

/** The outcomes of a group as numbers, three for each append. */
export const encodeOutcomes = (outcomes: readonly AppendOutcome[]): readonly number[] => {
  const numbers: number[] = [];
  for (const outcome of outcomes) {
    const code = codes[outcome.kind];
    if (outcome.kind === 'conflict')
      numbers.push(code, outcome.actual === 'no_stream' ? noStreamCode : outcome.actual, 0);
    else if (outcome.kind === 'not_tried') numbers.push(code, 0, 0);
    else numbers.push(code, outcome.revision, outcome.position);
  }
  return numbers;
};

export const decodeOutcomes = (numbers: readonly number[]): readonly AppendOutcome[] =>
  Array.from({ length: numbers.length / 3 }, (_, index): AppendOutcome => {
    const [code, first = 0, second = 0] = numbers.slice(index * 3, index * 3 + 3);
    if (code === codes.conflict) return { kind: 'conflict', actual: first === noStreamCode ? 'no_stream' : first };
    if (code === codes.not_tried) return { kind: 'not_tried' };
    return { kind: code === codes.stored ? 'stored' : 'stored_before', revision: first, position: second };
  });
