import { describe, expect, it } from '@jest/globals';
import type { Report } from '../reports.js';
import { mentionedIn, withNumbers } from './mentions.js';

const group = '120363012345678901@g.us';
const ada = { number: '491701111111@s.whatsapp.net', lid: '1111111@lid' };
const bob = { number: '491702222222@s.whatsapp.net', lid: '2222222@lid' };

const byLid = [ada, bob].map(({ number, lid }) => ({ id: lid, phoneNumber: number }));
const byNumber = [ada, bob].map(({ number, lid }) => ({ id: number, lid }));

const said = (mentions: readonly string[], mentionAll = false) =>
  ({ type: 'text', body: 'Hello', mentions, mentionAll }) as const;

describe('the mentions of a message to a group', () => {
  const mentions = ['+491701111111', bob.lid];

  it.each([
    ['by LID', byLid, [ada.lid, bob.lid]],
    ['by phone number', byNumber, [ada.number, bob.number]],
  ])('are addressed as the group addresses its members: %s', async (_how, participants, jids) => {
    const groupOf = async () => ({ participants });
    expect(await mentionedIn({ content: said(mentions), to: group }, groupOf)).toEqual(jids);
    expect(await mentionedIn({ content: said([], true), to: group }, groupOf)).toEqual(jids);
    expect(await mentionedIn({ content: said([bob.number], true), to: group }, groupOf)).toEqual(jids.toReversed());
    const edit = { type: 'edit', text: said(mentions), editedAt: '2026-01-01T00:00:00.000Z' } as const;
    expect(await mentionedIn({ content: edit, to: group }, groupOf)).toEqual(jids);
  });

  it('of people who are not in it stay as they are', async () => {
    const groupOf = async () => ({ participants: byLid });
    const content = said(['+491703333333', '3333333@lid']);
    expect(await mentionedIn({ content, to: group }, groupOf)).toEqual(['491703333333@s.whatsapp.net', '3333333@lid']);
  });
});

describe('a message', () => {
  const noGroup = () => Promise.reject(new Error('It asks for a group'));

  it('to a person mentions people as it was asked to', async () => {
    expect(await mentionedIn({ content: said(['+491701111111', bob.lid]), to: ada.lid }, noGroup)).toEqual([
      ada.number,
      bob.lid,
    ]);
  });

  it('that mentions nobody needs no group', async () => {
    expect(await mentionedIn({ content: said([]), to: group }, noGroup)).toEqual([]);
    expect(await mentionedIn({ content: { type: 'revocation' }, to: group }, noGroup)).toEqual([]);
  });
});

describe('a report', () => {
  it('names whom it mentions by number where the group tells it', () => {
    const mentions = [bob.lid, '3333333@lid', ada.number];
    const chat = { jid: group, phoneNumber: null, lid: null };
    const message = { kind: 'message', message: { chat, mentions } } as unknown as Report;
    const numbers = [bob.number, '3333333@lid', ada.number];
    const known = (jid: string) => (jid === group ? { participants: byLid } : undefined);
    expect(withNumbers(message, known)).toEqual({ kind: 'message', message: { chat, mentions: numbers } });
    expect(withNumbers(message, () => undefined)).toEqual(message);
    const edited = { kind: 'edited', message: { chat }, mentions } as unknown as Report;
    expect(withNumbers(edited, known)).toEqual({ ...edited, mentions: numbers });
  });
});
