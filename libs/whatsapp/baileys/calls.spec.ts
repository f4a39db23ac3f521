import { describe, expect, it } from '@jest/globals';
import type { BinaryNode } from '@whiskeysockets/baileys';
import { callFromStanza } from './calls.js';

const me = {
  phoneNumber: '+491701111111',
  jid: '491701111111:3@s.whatsapp.net',
  lid: '111111111111111:3@lid',
  pushName: null,
  platform: null,
};
const [number, lid] = ['491702222222@s.whatsapp.net', '222222222222222@lid'];
const step = (tag: string, attrs: object = {}, content: BinaryNode[] = []) =>
  callFromStanza(
    {
      tag: 'call',
      attrs: { id: 'S', from: number, t: '1767323045' },
      content: [{ tag, attrs: { 'call-id': 'C1', 'call-creator': number, ...attrs }, content }],
    },
    me,
  );

describe('a call', () => {
  const call = {
    whatsappId: 'C1',
    account: '+491701111111',
    caller: { jid: number, phoneNumber: '+491702222222', lid: null },
    at: '2026-01-02T03:04:05.000Z',
  };

  it('is offered, with its caller and what it is', () => {
    expect(step('offer')).toEqual({
      kind: 'call_offered',
      call: { ...call, from: number, isVideo: false, isGroup: false },
    });
    expect(step('offer', {}, [{ tag: 'video', attrs: {} }])).toMatchObject({ call: { isVideo: true } });
    expect(step('offer_notice', { 'group-jid': '1@g.us', media: 'video' })).toMatchObject({
      call: { isGroup: true, isVideo: true },
    });
    const byLid = { 'call-creator': '222222222222222:7@lid', caller_pn: number };
    expect(step('offer', byLid)).toMatchObject({
      call: { caller: { jid: lid, phoneNumber: '+491702222222', lid }, from: '222222222222222:7@lid' },
    });
  });

  it.each([
    ['terminate', { reason: 'timeout' }, 'missed'],
    ['terminate', { reason: 'accepted_elsewhere' }, 'accepted'],
    ['terminate', { reason: 'rejected_elsewhere' }, 'rejected'],
    ['terminate', { reason: 'something_new' }, 'ended'],
    ['terminate', {}, 'ended'],
    ['reject', {}, 'rejected'],
    ['accept', {}, 'accepted'],
  ])('ends as WhatsApp says: %s %j', (tag, attrs: { readonly reason?: string }, outcome) => {
    expect(step(tag, attrs)).toEqual({
      kind: 'call_ended',
      call: { ...call, outcome, reason: attrs.reason ?? null },
    });
  });

  it('of the account’s owner, and the steps between, are not reported', () => {
    expect(step('offer', { 'call-creator': me.lid })).toBeUndefined();
    expect(step('relaylatency')).toBeUndefined();
    expect(callFromStanza({ tag: 'call', attrs: {} }, me)).toBeUndefined();
  });
});
