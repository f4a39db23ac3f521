import { describe, expect, it } from '@jest/globals';
import type { Report } from '#lib/whatsapp';
import { keptReport } from './kept-report.rules.js';

const chat = { jid: '491701234567@s.whatsapp.net', phoneNumber: '+491701234567', lid: null } as const;
const received = {
  key: { whatsappId: 'A', chat: chat.jid, fromMe: false, participant: null },
  account: '+491707654321',
  chat,
  sender: chat,
  pushName: 'Bob',
  verifiedName: null,
  sentAt: '2026-11-30T00:00:00.000Z',
  wasWaiting: false,
} as const;
const context = { replyTo: null, mentions: ['1@lid'], referral: null, forwarded: false, sealedSecret: null } as const;
const saying = (body: string): Report => ({
  kind: 'message',
  message: { ...received, ...context, content: { type: 'text', body } },
});
const large = '字"'.repeat(200_000);
const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text), 'utf8');

describe('a report that is kept', () => {
  it('is whole where a store takes it', () => {
    const report = saying('Hello');
    expect(keptReport(report)).toEqual({ text: JSON.stringify(report), isCut: false });
  });

  it('of a message that no store takes says which message it was', () => {
    const { text, isCut } = keptReport(saying(large));
    const content = { type: 'unsupported', rawType: 'text' };
    expect(JSON.parse(text)).toEqual({
      kind: 'message',
      message: { ...received, ...context, mentions: [], content },
    });
    expect(isCut).toBe(true);
  });

  it('of an edit that no store takes says which message was edited', () => {
    const edit = { whatsappId: 'B', content: { type: 'text', body: large }, mentions: [] } as const;
    const { text } = keptReport({ kind: 'edited', message: received, ...edit });
    expect(JSON.parse(text)).toMatchObject({ whatsappId: 'B', content: { type: 'unsupported', rawType: 'text' } });
  });

  it('of many names has the first ones', () => {
    const contacts = Array.from({ length: 20_000 }, (_, n) => ({ ...chat, saved: `Friend ${n}` }));
    const { text } = keptReport({ kind: 'contacts', account: received.account, contacts } as unknown as Report);
    expect(bytesOf(text)).toBeLessThan(1024 * 1024);
    expect((JSON.parse(text) as { readonly contacts: readonly unknown[] }).contacts).toEqual(contacts.slice(0, 2500));
  });

  it('of anything else that no store takes is only its kind', () => {
    const { text } = keptReport({ kind: 'receipt', receipt: { whatsappIds: [large] } } as unknown as Report);
    expect(JSON.parse(text)).toEqual({ kind: 'receipt' });
  });
});
