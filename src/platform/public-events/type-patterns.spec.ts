import { describe, expect, it } from '@jest/globals';
import { matchesType } from './type-patterns.js';

describe('patterns of event types', () => {
  it('mean a type, a group of types, or all', () => {
    expect(matchesType(['message.sent', 'poll.vote'], 'poll.vote')).toBe(true);
    expect(matchesType(['message.*'], 'message.sent')).toBe(true);
    expect(matchesType(['*'], 'message.sent')).toBe(true);
  });

  it('mean no type whose name only begins like theirs', () => {
    expect(matchesType(['message.se'], 'message.sent')).toBe(false);
    expect(matchesType(['message'], 'message.sent')).toBe(false);
    expect(matchesType(['mess.*'], 'message.sent')).toBe(false);
    expect(matchesType([], 'message.sent')).toBe(false);
  });
});
