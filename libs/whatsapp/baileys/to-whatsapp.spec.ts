import { describe, expect, it } from '@jest/globals';
import type { OutgoingContent, QuotedContent } from '../content.js';
import { toWhatsApp } from './to-whatsapp.js';

const mediaKey = () => {
  throw new Error('It has no file');
};
const noMedia = { mediaKey, mentioned: [] };
const mentioned = ['491701234567@s.whatsapp.net', '1234567@lid'];

describe('a text', () => {
  it('is sent without a link preview, and with the jids of its mentions', () => {
    const content = { type: 'text', body: 'https://example.com' } as const;
    expect(toWhatsApp({ to: 'x', content }, { mediaKey, mentioned })).toEqual({
      content: {
        text: 'https://example.com',
        linkPreview: null,
        mentions: mentioned,
      },
      options: {},
    });
  });
});

describe('a text in the status', () => {
  it('has a background colour and a font', () => {
    const content = { type: 'text', body: 'New!', backgroundColor: '#1FA855', font: 'calistoga' } as const;
    expect(toWhatsApp({ to: 'status@broadcast', content }, noMedia).options).toEqual({
      backgroundColor: '#1FA855',
      font: 8,
    });
  });
});

describe('a text with a preview of its link', () => {
  it('shows what was made of the page', () => {
    const preview = { url: 'https://a.example', title: 'A', description: null, thumbnail: 'anBn' } as const;
    const content = { type: 'text', body: 'See https://a.example', preview } as const;
    const linkPreview = { 'canonical-url': preview.url, 'matched-text': preview.url, title: 'A' };
    expect(toWhatsApp({ to: 'x', content }, noMedia).content).toEqual({
      text: content.body,
      linkPreview: { ...linkPreview, jpegThumbnail: Buffer.from('jpg') },
    });
  });
});

describe('what cannot be chosen freely in WhatsApp', () => {
  const contentOf = (content: OutgoingContent) => toWhatsApp({ to: 'x', content }, noMedia).content;

  it('is how many options of a poll one person chooses: one, or as many as they like', () => {
    const poll = { type: 'poll', question: 'Tea?', options: ['yes', 'no'] } as const;
    const asked = { name: 'Tea?', values: ['yes', 'no'] };
    expect(contentOf({ ...poll, multiple: false })).toEqual({ poll: { ...asked, selectableCount: 1 } });
    expect(contentOf({ ...poll, multiple: true })).toEqual({ poll: { ...asked, selectableCount: 0 } });
  });

  it('is the name of several contacts', () => {
    const bob = { name: 'Bob', vcard: '1' };
    const contacts = (...names: readonly string[]) => names.map((name) => ({ ...bob, name }));
    expect(contentOf({ type: 'contact', contacts: contacts('Bob') })).toMatchObject({
      contacts: { displayName: 'Bob' },
    });
    expect(contentOf({ type: 'contact', contacts: contacts('Bob', 'Ada') })).toEqual({
      contacts: {
        displayName: '2 contacts',
        contacts: [
          { displayName: 'Bob', vcard: '1' },
          { displayName: 'Ada', vcard: '1' },
        ],
      },
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
    expect(toWhatsApp({ to: 'x', content: { type: 'text', body: 'So' }, replyTo }, noMedia).options).toEqual({
      quoted: {
        key: { id: 'Q', remoteJid: '120363012345678901@g.us', fromMe: false, participant: '1@lid' },
        message: { conversation: 'Why?' },
      },
    });
  });
});

describe('a reply to what is no text', () => {
  const key = { whatsappId: 'Q', chat: '1@lid', fromMe: false, participant: null };
  const quotedOf = (content: QuotedContent, text = '') =>
    toWhatsApp({ to: 'x', content: { type: 'text', body: 'So' }, replyTo: { ...key, text, content } }, noMedia).options
      .quoted?.message;
  const file = { mimeType: 'a/b', fileName: null, seconds: null, form: 'plain', viewOnce: false } as const;
  const [question, options] = ['Tea?', [{ optionName: 'yes' }, { optionName: 'no' }]];

  it.each<[QuotedContent, string, object]>([
    [{ ...file, type: 'image' }, 'Look', { imageMessage: { mimetype: 'a/b', caption: 'Look' } }],
    [{ ...file, type: 'image', viewOnce: true }, '', { imageMessage: { mimetype: 'a/b', viewOnce: true } }],
    [{ ...file, type: 'video', seconds: 7 }, '', { videoMessage: { mimetype: 'a/b', seconds: 7 } }],
    [{ ...file, type: 'video', form: 'gif' }, '', { videoMessage: { mimetype: 'a/b', gifPlayback: true } }],
    [{ ...file, type: 'video', form: 'note' }, '', { ptvMessage: { mimetype: 'a/b' } }],
    [{ ...file, type: 'audio', seconds: 7 }, '', { audioMessage: { mimetype: 'a/b', seconds: 7, ptt: false } }],
    [{ ...file, type: 'audio', form: 'voice', mimeType: null }, '', { audioMessage: { ptt: true } }],
    [
      { ...file, type: 'document', fileName: 'a.pdf' },
      'Paid',
      { documentMessage: { mimetype: 'a/b', fileName: 'a.pdf', title: 'a.pdf', caption: 'Paid' } },
    ],
    [{ ...file, type: 'sticker', form: 'animated' }, '', { stickerMessage: { mimetype: 'a/b', isAnimated: true } }],
    [
      { type: 'location', latitude: 1, longitude: 2, name: 'Here', address: null },
      'Here',
      { locationMessage: { degreesLatitude: 1, degreesLongitude: 2, name: 'Here' } },
    ],
    [{ type: 'contact', names: ['Bob'] }, 'Bob', { contactMessage: { displayName: 'Bob' } }],
    [
      { type: 'contact', names: ['Bob', 'Ada'] },
      'Bob\nAda',
      {
        contactsArrayMessage: { displayName: '2 contacts', contacts: [{ displayName: 'Bob' }, { displayName: 'Ada' }] },
      },
    ],
    [
      { type: 'poll', question, options: ['yes', 'no'], multiple: false },
      'Tea?\nyes\nno',
      { pollCreationMessageV3: { name: 'Tea?', options, selectableOptionsCount: 1 } },
    ],
  ])('shows what that is: %j with %j', (content, text, message) => {
    expect(quotedOf(content, text)).toEqual(message);
  });
});

describe('an edit', () => {
  it('names its message, the time at which it was made, and the people whom it mentions', () => {
    const text = { type: 'text', body: 'Hi @491701234567' } as const;
    const content = { type: 'edit', text, editedAt: '2026-01-02T03:04:05.600Z' } as const;
    const replyTo = { whatsappId: 'Q', chat: '1@lid', fromMe: true, participant: null, text: '' };
    const { content: sendable, options } = toWhatsApp({ to: 'x', content, replyTo }, { mediaKey, mentioned });
    const editedMessage = {
      extendedTextMessage: { text: text.body, contextInfo: { mentionedJid: mentioned } },
    };
    const key = { id: 'Q', remoteJid: '1@lid', fromMe: true };
    expect(sendable).toEqual({
      built: { protocolMessage: { key, type: 14, editedMessage, timestampMs: Date.parse(content.editedAt) } },
    });
    expect(options).toEqual({});
  });
});

describe('a forwarded message', () => {
  it('is marked, beside whom it mentions', () => {
    const content = { type: 'text', body: 'Hi' } as const;
    expect(toWhatsApp({ to: 'x', content, forwarded: true }, { mediaKey, mentioned }).content).toMatchObject({
      text: 'Hi',
      mentions: mentioned,
      contextInfo: { isForwarded: true, forwardingScore: 1 },
    });
  });
});
