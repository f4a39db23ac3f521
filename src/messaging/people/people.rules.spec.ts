import { describe, expect, it } from '@jest/globals';
import { addressesOf } from './people.rules.js';

const [phoneNumber, lid] = ['+551187654321', '338412907716533@lid'];

describe('a person whom WhatsApp names', () => {
  it('with number and LID is known by the LID from then on', () => {
    expect(addressesOf({ phoneNumber, lid })).toEqual([{ address: lid, phoneNumber, lid }]);
  });

  it('under another spelling of the number than was asked for is known by both', () => {
    expect(addressesOf({ phoneNumber, lid, spelling: '+5511987654321' })).toEqual([
      { address: lid, phoneNumber, lid },
      { address: '5511987654321@s.whatsapp.net', phoneNumber, lid },
    ]);
    expect(addressesOf({ phoneNumber, lid, spelling: phoneNumber })).toHaveLength(1);
  });

  it('by number alone is known to exist', () => {
    expect(addressesOf({ phoneNumber, lid: null })).toEqual([
      { address: '551187654321@s.whatsapp.net', phoneNumber, lid: null },
    ]);
  });

  it('by LID alone tells nothing new', () => expect(addressesOf({ phoneNumber: null, lid })).toEqual([]));
});
