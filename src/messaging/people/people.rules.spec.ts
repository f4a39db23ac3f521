import { describe, expect, it } from '@jest/globals';
import { addressesOf, addressesToRecord, earlierChatOf } from './people.rules.js';

const [phoneNumber, lid] = ['+551187654321', '338412907716533@lid'];
const [number, spelling] = ['551187654321@s.whatsapp.net', '5511987654321@s.whatsapp.net'];
const none = { number: null, lid: null, spelling: null };
const known = (chatId: string, of: string | null = phoneNumber) => ({ chatId, phoneNumber: of, lid });

describe('a person whom WhatsApp names', () => {
  it('has the addresses that it names', () => {
    expect(addressesOf({ phoneNumber, lid })).toEqual({ number, lid, spelling: null });
    expect(addressesOf({ phoneNumber, lid, spelling: phoneNumber })).toEqual({ number, lid, spelling: null });
    expect(addressesOf({ phoneNumber, lid, spelling: '+5511987654321' })).toEqual({ number, lid, spelling });
  });

  it('by LID alone reveals nothing', () => expect(addressesOf({ phoneNumber: null, lid })).toBeUndefined());

  it('keeps the chat that there was first, whichever address it began with', () => {
    expect(earlierChatOf(phoneNumber, none)).toBeUndefined();
    expect(earlierChatOf(phoneNumber, { ...none, number: known('A') })).toBe('A');
    expect(earlierChatOf(phoneNumber, { ...none, lid: known('B') })).toBe('B');
    expect(earlierChatOf(phoneNumber, { ...none, lid: known('B', null) })).toBe('B');
    expect(earlierChatOf(phoneNumber, { ...none, spelling: known('C'), lid: known('B', null) })).toBe('C');
  });

  it('has another chat than the person to whom the LID belonged before', () => {
    expect(earlierChatOf(phoneNumber, { ...none, lid: known('B', '+491701234567') })).toBeUndefined();
  });
});

describe('what is recorded of a person', () => {
  const addresses = { number, lid, spelling: null };

  it('is the LID where the chat is that of the number', () => {
    expect(addressesToRecord(addresses, 'N', 'N')).toEqual([lid]);
  });

  it('is the number as well where the chat began with another address', () => {
    expect(addressesToRecord({ ...addresses, spelling }, 'S', 'N')).toEqual([number, lid, spelling]);
  });

  it('is the number where WhatsApp named nothing else', () => {
    expect(addressesToRecord({ ...addresses, lid: null }, 'N', 'N')).toEqual([number]);
  });
});
