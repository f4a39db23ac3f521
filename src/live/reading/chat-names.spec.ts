import { describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { ChatNames } from './chat-names.js';

const [ofNumber, ofLid] = [newId(), newId()];
const [number, lid] = ['491701234567@s.whatsapp.net', '123@lid'];
const owner = { userId: newId(), sessionId: newId(), account: '+491700000001', learnedAt: '2026-11-29T10:00:00.000Z' };
const learned = { ...owner, addressId: ofNumber, chatId: ofLid, address: number, phoneNumber: '+491701234567', lid };

const byLid = { chatId: ofLid, chat: lid };
const byNumber = { chatId: ofNumber, chat: number };
const elsewhere = { chatId: newId(), chat: number };

const namesOf = (asked: Parameters<ChatNames['add']>[0]): ChatNames => {
  const names = new ChatNames();
  names.add(asked);
  return names;
};

describe('the chat that a reader asks for', () => {
  it.each([
    ['its number', { ids: [], jids: [number] }],
    ['its LID', { ids: [ofLid], jids: [lid] }],
  ])('goes by both addresses once they are known to be one person: asked for by %s', (_by, asked) => {
    const names = namesOf(asked);
    expect(names.has(byNumber)).not.toBe(names.has(byLid));
    names.learn(learned);
    expect([byNumber, byLid, elsewhere].map((event) => names.has(event))).toEqual([true, true, true]);
  });

  it.each([ofNumber, ofLid])('is that of one session where it is asked for by its id', (id) => {
    const names = namesOf({ ids: [id], jids: [] });
    expect(names.learn(learned)).toEqual([id === ofLid ? ofNumber : ofLid]);
    expect(names.learn(learned)).toEqual([]);
    expect([byNumber, byLid, elsewhere].map((event) => names.has(event))).toEqual([true, true, false]);
  });

  it('stays what it is where somebody else is learned', () => {
    const names = namesOf({ ids: [newId()], jids: ['491709999999@s.whatsapp.net'] });
    expect(names.learn(learned)).toEqual([]);
    expect([byNumber, byLid].map((event) => names.has(event))).toEqual([false, false]);
  });
});
