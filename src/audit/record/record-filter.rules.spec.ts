import { describe, expect, it } from '@jest/globals';
import { isPast, matchesRecord } from './record-filter.rules.js';

const recordedAt = '2026-01-02T03:04:05.000Z';
const event = { data: { userId: 'ana' }, recordedAt };

describe('a filter of the record', () => {
  it('matches the events that name a user', () => {
    expect(matchesRecord({ userId: 'ana' })(event)).toBe(true);
    expect(matchesRecord({ userId: 'bob' })(event)).toBe(false);
    expect(matchesRecord({ userId: 'ana' })({ data: null, recordedAt })).toBe(false);
    expect(matchesRecord({})({ data: {}, recordedAt })).toBe(true);
  });

  it('matches times from its first one to before its last one', () => {
    expect(matchesRecord({ from: recordedAt })(event)).toBe(true);
    expect(matchesRecord({ from: '2026-01-02T03:04:05.001Z' })(event)).toBe(false);
    expect(matchesRecord({ to: recordedAt })(event)).toBe(false);
    expect(matchesRecord({ to: '2026-01-02T03:04:05.001Z' })(event)).toBe(true);
  });

  it('knows that nothing follows only a day after its last time: clocks are set back', () => {
    expect(isPast({ to: '2026-01-02T00:00:00.000Z' }, recordedAt)).toBe(false);
    expect(isPast({ to: '2026-01-01T00:00:00.000Z' }, recordedAt)).toBe(true);
    expect(isPast({}, recordedAt)).toBe(false);
  });
});
