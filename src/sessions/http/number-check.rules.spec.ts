import { describe, expect, it } from '@jest/globals';
import { checkedNumbers, numbersToAsk, readAsked, withNumber } from './number-check.rules.js';

const found = (phoneNumber: string) => {
  const jid = `${phoneNumber.slice(1)}@s.whatsapp.net`;
  return { phoneNumber, exists: true, jid, lid: '338412907716533@lid' };
};
const missing = (phoneNumber: string) => ({ phoneNumber, exists: false, jid: null, lid: null });
const none = { exists: false, jid: null, lid: null };
const error: unknown = expect.any(String);

describe('a check of several numbers', () => {
  const asked = [
    '0170 1234567',
    '+49 (0)170 1234567',
    'hello',
    '491701234568@s.whatsapp.net',
    '120363012345678901@g.us',
    '+1 202 555 014',
  ].map(readAsked);

  it('asks about each that has the form of a number', () => {
    expect(numbersToAsk(asked)).toEqual(['+491701234567', '+491701234568', '+1202555014']);
  });

  it('answers in the order asked, and says what is wrong with the others', () => {
    const answers = [missing('+1202555014'), found('+491701234568'), missing('+491701234567')];
    expect(checkedNumbers(asked, answers)).toEqual([
      { number: '0170 1234567', ...none, error },
      { number: '+491701234567', ...none },
      { number: 'hello', ...none, error },
      { number: '+491701234568', exists: true, jid: '491701234568@s.whatsapp.net', lid: '338412907716533@lid' },
      { number: '120363012345678901@g.us', ...none, error },
      { number: '+1202555014', ...none, error },
    ]);
  });

  it('believes WhatsApp about a number that should not exist', () => {
    expect(checkedNumbers([readAsked('+1202555014')], [found('+1202555014')])).toEqual([
      { number: '+1202555014', exists: true, jid: '1202555014@s.whatsapp.net', lid: '338412907716533@lid' },
    ]);
  });
});

it('a number that WhatsApp left unanswered is neither there nor missing, and does not fail the others', () => {
  const asked = ['+491701234567', '+491701234568', '+1202555014'].map(readAsked);
  const unknown = {
    exists: null,
    jid: null,
    lid: null,
    error: 'WhatsApp did not answer for this number: ask again later',
  };
  expect(checkedNumbers(asked, [found('+491701234568')])).toEqual([
    { number: '+491701234567', ...unknown },
    expect.objectContaining({ number: '+491701234568', exists: true }),
    { number: '+1202555014', ...unknown },
  ]);
});

describe('a check of a LID', () => {
  const lid = '338412907716533@lid';
  const asked = readAsked(lid);

  it('asks about the number that WhatsApp named with it', () => {
    expect(numbersToAsk([withNumber(asked, '+491701234567')])).toEqual(['+491701234567']);
  });

  it('needs no question where WhatsApp named the LID alone', () => {
    expect(checkedNumbers([withNumber(asked, null)], [])).toEqual([{ number: lid, exists: true, jid: lid, lid }]);
  });

  it('says so where WhatsApp never named it', () => {
    expect(checkedNumbers([withNumber(asked, undefined)], [])).toEqual([{ number: lid, ...none, error }]);
  });
});
