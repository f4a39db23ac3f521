import { describe, expect, it } from '@jest/globals';
import { checksumOf, eventOf, isIntact, type EventRow } from './row.js';

const fields = [7, 'message-1', 3, 'MessageSent', 'id', '{"text":"Grüße"}', '{}', 1_795_000_000_000] as const;
const row: EventRow = [...fields, checksumOf(...fields)];

describe('a row', () => {
  it('is intact only as it was written', () => {
    expect(isIntact(row)).toBe(true);
    for (const index of row.keys()) {
      const changed = row.map((value, at) => {
        if (at !== index) return value;
        return typeof value === 'number' ? value + 1 : `${value} `;
      }) as unknown as EventRow;
      expect([index, isIntact(changed)]).toEqual([index, false]);
    }
  });

  it('is converted to an event', () => {
    expect(eventOf(row)).toEqual({
      id: 'id',
      type: 'MessageSent',
      data: { text: 'Grüße' },
      metadata: {},
      stream: 'message-1',
      revision: 3,
      position: 7,
      recordedAt: new Date(1_795_000_000_000).toISOString(),
    });
  });
});
