import { describe, expect, it } from '@jest/globals';
import type { Account } from '../reports.js';
import { ackFromStanza, receiptsFromStanza } from './stanzas.js';

const me: Account = {
  phoneNumber: '+491701111111',
  jid: '491701111111:3@s.whatsapp.net',
  lid: '111111111111111:3@lid',
  pushName: null,
  platform: null,
};
const t = '1767323045';
const at = '2026-01-02T03:04:05.000Z';
const friend = '491702222222@s.whatsapp.net';
const group = '120363012345678901@g.us';
const receipt = (attrs: Record<string, string>, ...more: string[]) =>
  receiptsFromStanza(
    {
      tag: 'receipt',
      attrs: { id: 'A', from: friend, t, ...attrs },
      ...(more.length > 0 && {
        content: [{ tag: 'list', attrs: {}, content: more.map((id) => ({ tag: 'item', attrs: { id } })) }],
      }),
    },
    me,
  );

describe('a receipt', () => {
  it.each([
    [{}, 'delivered'],
    [{ type: 'inactive' }, 'delivered'],
    [{ type: 'read' }, 'read'],
    [{ type: 'played' }, 'played'],
  ])('with %j means %s', (attrs: Record<string, string>, status) => {
    expect(receipt(attrs)).toEqual([
      { kind: 'receipt', receipt: { whatsappIds: ['A'], status, at, chat: friend, participant: null } },
    ]);
  });

  it('contains the ids of all its messages, and the jid without the device', () => {
    expect(receipt({ from: '491702222222:4@s.whatsapp.net' }, 'B', 'C')).toMatchObject([
      { receipt: { whatsappIds: ['A', 'B', 'C'], chat: friend } },
    ]);
  });

  it('contains the participant where the chat is a group', () => {
    expect(receipt({ from: group, participant: '222222222222222:1@lid' })).toMatchObject([
      { receipt: { chat: group, participant: '222222222222222@lid' } },
    ]);
  });

  it('of several members of a group is one of each, for the message that it names', () => {
    const lid = '222222222222222@lid';
    const user = (jid: string, seconds?: number) => ({
      tag: 'user',
      attrs: { jid, ...(seconds !== undefined && { t: String(seconds) }) },
    });
    const content = [
      { tag: 'participants', attrs: { key: 'A' }, content: [user(friend, Number(t) + 1), user(me.jid), user(lid)] },
      { tag: 'participants', attrs: { key: 'B' }, content: [user(lid), { tag: 'other', attrs: { jid: friend } }] },
      { tag: 'participants', attrs: {}, content: [user(lid)] },
    ];
    const of = (whatsappId: string, participant: string, told = at) => ({
      kind: 'receipt',
      receipt: { whatsappIds: [whatsappId], status: 'read', at: told, chat: group, participant },
    });
    const stanza = { tag: 'receipt', attrs: { id: 'other', from: group, type: 'read', t }, content };
    expect(receiptsFromStanza(stanza, me)).toEqual([
      of('A', friend, '2026-01-02T03:04:06.000Z'),
      of('A', lid),
      of('B', lid),
    ]);
  });

  it.each([
    [{ type: 'retry' }],
    [{ type: 'sender' }],
    [{ type: 'read-self' }],
    [{ recipient: friend }],
    [{ from: '491701111111@s.whatsapp.net' }],
    [{ from: '111111111111111@lid' }],
    [{ from: group, participant: '491701111111:7@s.whatsapp.net' }],
  ])('with %j is not the receipt of another person', (attrs: Record<string, string>) =>
    expect(receipt(attrs)).toEqual([]),
  );
});

describe('an ack', () => {
  it('means that the server has the message', () => {
    expect(ackFromStanza({ tag: 'ack', attrs: { id: 'A', from: friend, t } })).toEqual({
      kind: 'receipt',
      receipt: { whatsappIds: ['A'], status: 'sent', at, chat: friend, participant: null },
    });
  });

  it('with an error means that the message was refused', () => {
    expect(ackFromStanza({ tag: 'ack', attrs: { id: 'A', from: friend, error: '463' } })).toMatchObject({
      kind: 'refused',
      whatsappId: 'A',
      refusal: { code: 463 },
    });
  });
});
