import { expect, it } from '@jest/globals';
import type { Wait } from '../pacing/pacing.rules.js';
import { holdDetailOf } from './attempt.rules.js';
import { heldUntilOf } from './held-chats.js';

it('what nobody knows the end of has none, although it is looked at again', () => {
  const wait: Wait = {
    why: 'restricted',
    because: 'WhatsApp lets this account begin no chats',
    kind: 'date',
    waitMs: 1000,
    untilMs: Date.parse('2026-01-02T03:04:05.000Z'),
    isEndKnown: false,
    everyMs: 0,
  };
  const held = heldUntilOf(wait, 0);
  expect(held).toMatchObject({ until: null, isEstimate: false });
  expect(holdDetailOf('restricted', held)).toBe('WhatsApp lets this account begin no chats.');
  expect(heldUntilOf({ ...wait, isEndKnown: true }, 0).until).toBe('2026-01-02T03:04:05.000Z');
});
