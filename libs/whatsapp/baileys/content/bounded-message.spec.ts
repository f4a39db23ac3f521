import { describe, expect, it } from '@jest/globals';
import { contentLimits, type ReceivedContent } from '../../content.js';
import { boundedMessage } from './bounded-message.js';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value), 'utf8');
const saying = (content: ReceivedContent) => ({ content, mentions: ['491701234567@s.whatsapp.net'], referral: null });
const text = (body: string) => saying({ type: 'text', body });
const cards = (count: number, letter: string) => {
  const contacts = Array.from({ length: count }, (_, n) => ({
    name: `${n}`,
    vcard: letter.repeat(contentLimits.vcardCharacters),
  }));
  return saying({ type: 'contact', contacts });
};

describe('a message that is bounded as a whole', () => {
  it('is left alone where it fits', () => {
    for (const message of [
      text('x'.repeat(contentLimits.textCharacters)),
      text('字'.repeat(contentLimits.textCharacters)),
      cards(60, 'x'),
    ])
      expect(boundedMessage(message)).toBe(message);
  });

  it.each(['字', 'ж', 'x', '\n', '\u0000'])('has as many of its cards as fit, of the letter %j', (letter) => {
    const all = cards(contentLimits.contacts, letter);
    const { content, ...rest } = boundedMessage(all);
    const kept = content.type === 'contact' ? content.contacts : [];
    expect(rest).toEqual({ mentions: all.mentions, referral: null });
    expect(kept).toEqual(all.content.type === 'contact' && all.content.contacts.slice(0, kept.length));
    const bytes = bytesOf({ ...rest, content });
    expect(bytes).toBeLessThanOrEqual(contentLimits.messageBytes);
    expect(bytes + bytesOf(kept[0]) + 1).toBeGreaterThan(contentLimits.messageBytes);
  });

  it('is only said to have been of its kind otherwise, without the rest that made it long', () => {
    const options = Array.from({ length: contentLimits.pollOptions }, () =>
      '\u0000'.repeat(contentLimits.lineCharacters),
    );
    const poll = saying({ type: 'poll', question: '?', options, multiple: false } as unknown as ReceivedContent);
    const content = { type: 'unsupported', rawType: 'poll' };
    expect(boundedMessage(poll)).toEqual({ content, mentions: [], referral: null });
  });
});
