import { describe, expect, it } from '@jest/globals';
import {
  decodeOutcomes,
  decodeGroup,
  encodeOutcomes,
  encodeGroup,
  type AppendOutcome,
  type AtomicAppends,
} from './wire.js';

describe('the encoding for the writer thread', () => {
  it('keeps groups of any shape, with any text that JSON can hold', () => {
    const text = JSON.stringify({ lines: 'one\ntwo\r\u2028\u0000', emoji: '👋', empty: '' });
    const group: readonly AtomicAppends[] = [
      [{ stream: 'a b-ß', expected: 'no_stream', events: [['id', 'Type', text, '{}']] }],
      [
        {
          stream: 'any',
          expected: 'any',
          events: [
            ['1', '2', '3', '4'],
            ['5', '6', '""', '8'],
          ],
        },
        { stream: '7', expected: 12, events: [['9', 'T', '0', 'null']] },
      ],
      [{ stream: 's', expected: 'stream_exists', events: [['a', 'b', 'c', 'd']] }],
    ];
    expect(decodeGroup(encodeGroup(group))).toEqual(group);
  });

  it('keeps outcomes', () => {
    const outcomes: readonly AppendOutcome[] = [
      { kind: 'stored', revision: 0, position: 1 },
      { kind: 'conflict', actual: 0 },
      { kind: 'not_tried' },
      { kind: 'conflict', actual: 'no_stream' },
      { kind: 'stored_before', revision: 7, position: 2 ** 50 },
    ];
    expect(decodeOutcomes(encodeOutcomes(outcomes))).toEqual(outcomes);
    expect(decodeOutcomes([])).toEqual([]);
  });
});
