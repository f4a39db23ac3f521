import { describe, expect, it } from '@jest/globals';
import { accepted, messageEvent } from '../message.builders.js';
import { repeatable } from './sent-message.rules.js';

const queued = messageEvent('MessageQueued');
const sent = messageEvent('MessageSent');

describe('a message that a receiver asks for again', () => {
  it('is sent as it was', () => {
    expect(repeatable([queued, sent])).toEqual({ to: accepted.chat, content: accepted.content });
  });

  it('is not sent again once it was revoked', () => {
    expect(repeatable([queued, sent, messageEvent('MessageRevoked')])).toBeUndefined();
  });

  it('is sent in its new form once it was edited, or not at all', () => {
    const [first, last] = ['Hallo', 'Hi!'].map((body) =>
      messageEvent('MessageEdited', { content: { type: 'text', body } }),
    );
    expect(repeatable([queued, sent, first!, last!])?.content).toEqual({ type: 'text', body: 'Hi!', mentions: [] });
    const other = messageEvent('MessageEdited', {
      content: { type: 'unsupported', description: 'A sticker' } as never,
    });
    expect(repeatable([queued, sent, other])).toBeUndefined();
  });
});
