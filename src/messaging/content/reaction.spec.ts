import { describe, expect, it } from '@jest/globals';
import { kinds } from './kinds.js';

const { request, contentOf } = kinds.reaction.sent;
const messageId = '0199a3c4-1f00-7000-8000-0000000000d1';
const isAccepted = (emoji: string): boolean => request.safeParse({ messageId, emoji }).success;

describe('the emoji of a reaction', () => {
  it.each([
    ['👍', '👍'],
    ['👍🏽', '👍🏽'],
    ['👩‍🚀', '👩‍🚀'],
    ['\u2764\uFE0F', '\u2764\uFE0F'],
    ['', ''],
  ])('is sent as it is: %j', (emoji, sent) => {
    expect(isAccepted(emoji)).toBe(true);
    expect(contentOf({ messageId, emoji })).toEqual({ type: 'reaction', messageId, emoji: sent });
  });

  it.each([
    ['\u2764', '\u2764\uFE0F'],
    ['\u263A', '\u263A\uFE0F'],
    ['\u270C', '\u270C\uFE0F'],
    ['1\u20E3', '1\uFE0F\u20E3'],
    ['\u2764\u200D🔥', '\u2764\uFE0F\u200D🔥'],
    ['🏃\u200D\u2642', '🏃\u200D\u2642\uFE0F'],
  ])('may lack the selectors that say that it is no text: %j is %j', (emoji, sent) => {
    expect(isAccepted(emoji)).toBe(true);
    expect(contentOf({ messageId, emoji })).toMatchObject({ emoji: sent });
  });

  it.each(['ok', '1', '#', '👍👍', '\u2764\u2764', '\u2764\uFE0E', ' ', '\uFE0F', '👍 '])(
    'is refused where it is none: %j',
    (emoji) => {
      expect(isAccepted(emoji)).toBe(false);
    },
  );
});
