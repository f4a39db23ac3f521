import { describe, expect, it } from '@jest/globals';
import { ReadRanges } from './read-ranges.js';

const chat = '491702222222@s.whatsapp.net';
/** As Baileys traces it: the numbers are those that protobuf makes. */
const traced = (action: object, timestamp?: number) => ({
  syncAction: { index: ['markChatAsRead', chat], syncAction: { value: { markChatAsReadAction: action, timestamp } } },
  initialSync: false,
});

const taken = (...details: readonly unknown[]) => {
  const ranges = new ReadRanges();
  for (const each of details) ranges.traced(each);
  return [ranges.take(chat), ranges.take(chat)];
};

describe('how far a chat was read on another device', () => {
  it('is the time of the last message that the action names, and is told once', () => {
    const messageRange = { lastMessageTimestamp: 100, messages: [{ timestamp: 100 }, { timestamp: 90 }] };
    expect(taken(traced({ read: true, messageRange }, 999_000))).toEqual(['1970-01-01T00:01:40.000Z', undefined]);
    const named = { messages: [{ timestamp: { low: 60, high: 0, unsigned: false, toNumber: () => 60 } }] };
    expect(taken(traced({ read: true, messageRange: named }))[0]).toBe('1970-01-01T00:01:00.000Z');
  });

  it('is the time of the action where it names none', () => {
    expect(taken(traced({ read: true }, 999_500))[0]).toBe('1970-01-01T00:16:39.500Z');
    expect(taken(traced({ read: true, messageRange: {} }))[0]).toBeUndefined();
  });

  it('is forgotten when the chat is marked as unread, and is not told of anything else', () => {
    expect(taken(traced({ read: true }, 1), traced({ read: false }, 2))[0]).toBeUndefined();
    expect(taken({}, { syncAction: { index: ['archive', chat], syncAction: { value: null } } })[0]).toBeUndefined();
  });
});
