import { describe, expect, it } from '@jest/globals';
import { decodeOutcomes, decodeUnits, encodeOutcomes, encodeUnits, type Outcome, type Unit } from './wire.js';

describe('wire', () => {
  it('carries units of any shape, with any text that JSON can hold', () => {
    const text = JSON.stringify({ lines: 'one\ntwo\r\u2028\u0000', emoji: '👋', empty: '' });
    const units: readonly Unit[] = [
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
    expect(decodeUnits(encodeUnits(units))).toEqual(units);
  });

  it('carries outcomes', () => {
    const outcomes: readonly Outcome[] = [
      { kind: 'stored', revision: 0, position: 1 },
      { kind: 'conflict', actual: 0 },
      { kind: 'left_out' },
      { kind: 'conflict', actual: 'no_stream' },
      { kind: 'stored_before', revision: 7, position: 2 ** 50 },
    ];
    expect(decodeOutcomes(encodeOutcomes(outcomes))).toEqual(outcomes);
    expect(decodeOutcomes([])).toEqual([]);
  });
});
