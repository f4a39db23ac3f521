import { describe, expect, it } from '@jest/globals';
import { project, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import type { AddressEvent } from '../address.contract.js';
import { addressesProjection } from './addresses.projection.js';

const learned = (phoneNumber: string, chatId: string): AddressEvent => ({
  type: 'AddressLearned',
  data: {
    addressId: '0199aaaa-0000-8000-8000-000000000001',
    userId: '0199aaaa-0000-7000-8000-000000000002',
    sessionId: '0199aaaa-0000-7000-8000-000000000003',
    chatId,
    account: '+491709876543',
    address: '338412907716533@lid',
    phoneNumber,
    lid: '338412907716533@lid',
    learnedAt: '2026-01-02T03:04:05.600Z',
  },
});

const after = (...events: readonly AddressEvent[]): Fields | undefined =>
  events
    .flatMap((event, revision) => project(addressesProjection, { ...event, revision, position: revision } as Recorded))
    .reduce<Fields | undefined>(applyWrite, undefined);

const [chatId, otherChatId] = ['0199aaaa-0000-8000-8000-000000000004', '0199aaaa-0000-8000-8000-000000000005'];

describe('the view of addresses', () => {
  it('leads from the former chat of an address to the chat of the person', () => {
    expect(after(learned('+491701234567', chatId))).toEqual({
      id: '0199aaaa-0000-8000-8000-000000000001',
      userId: '0199aaaa-0000-7000-8000-000000000002',
      sessionId: '0199aaaa-0000-7000-8000-000000000003',
      address: '338412907716533@lid',
      chatId,
      phoneNumber: '+491701234567',
      lid: '338412907716533@lid',
    });
  });

  it('leads to another person where WhatsApp says so later', () => {
    const moved = after(learned('+491701234567', chatId), learned('+491701111111', otherChatId));
    expect(moved).toMatchObject({ chatId: otherChatId, phoneNumber: '+491701111111' });
  });
});
