import { describe, expect, it } from '@jest/globals';
import { toWhatsApp } from './to-whatsapp.js';

describe('a text', () => {
  it('is sent without a link preview, and with the jids of its mentions', () => {
    const content = { type: 'text', body: 'https://example.com', mentions: ['+491701234567', '1234567@lid'] } as const;
    expect(toWhatsApp({ to: 'x', content })).toEqual({
      content: {
        text: 'https://example.com',
        linkPreview: null,
        mentions: ['491701234567@s.whatsapp.net', '1234567@lid'],
      },
      options: {},
    });
  });
});

describe('a reply', () => {
  it('quotes the message that it answers', () => {
    const replyTo = {
      whatsappId: 'Q',
      chat: '120363012345678901@g.us',
      fromMe: false,
      participant: '1@lid',
      text: 'Why?',
    };
    expect(toWhatsApp({ to: 'x', content: { type: 'text', body: 'So' }, replyTo }).options).toEqual({
      quoted: {
        key: { id: 'Q', remoteJid: '120363012345678901@g.us', fromMe: false, participant: '1@lid' },
        message: { conversation: 'Why?' },
      },
    });
  });
});
