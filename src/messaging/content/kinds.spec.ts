import { describe, expect, it } from '@jest/globals';
import {
  kinds,
  mediaOf,
  messageTypes,
  forwardedOf,
  OutgoingContent,
  quotedContentOf,
  ReceivedContent,
  shownContentOf,
  typesWith,
  wordsOf,
} from './kinds.js';
import { QuotedContent } from './quoted-content.js';

const media = { url: 'https://mmg.whatsapp.net/1', directPath: null, sealedKey: 'a2V5', sha256: null };
const described = { mimeType: 'image/png', caption: 'Look', fileName: null, size: 7 };
const plain = { form: 'plain' as const, viewOnce: false };
const shown = { ...described, viewOnce: false, voice: false, gif: false, note: false };
const file = <const Kind extends string>(kind: Kind) => ({
  type: kind,
  media: { kind, ...media },
  ...described,
  ...plain,
});

/** As events hold it, with what the API shows of it. */
const received: readonly (readonly [ReceivedContent, object])[] = [
  [{ type: 'text', body: 'Hello' }, { text: { body: 'Hello' } }],
  [file('image'), { image: shown }],
  [file('video'), { video: shown }],
  [file('audio'), { audio: shown }],
  [file('document'), { document: shown }],
  [file('sticker'), { sticker: shown }],
  [
    { type: 'location', latitude: 1.5, longitude: 2.5, name: 'Here', address: null },
    { location: { latitude: 1.5, longitude: 2.5, name: 'Here', address: null } },
  ],
  [
    { type: 'contact', contacts: [{ name: 'Bob', vcard: 'BEGIN:VCARD' }] },
    { contact: { contacts: [{ name: 'Bob', phones: [], vcard: 'BEGIN:VCARD' }] } },
  ],
  [
    { type: 'poll', question: 'Tea?', options: ['yes', 'no'], multiple: false },
    {
      poll: {
        question: 'Tea?',
        options: ['yes', 'no'],
        multiple: false,
        votes: [
          { option: 'yes', count: 0, voters: [] },
          { option: 'no', count: 0, voters: [] },
        ],
      },
    },
  ],
  [{ type: 'unreadable', reason: 'view_once' }, { unreadable: { reason: 'view_once' } }],
  [{ type: 'unsupported', rawType: 'orderMessage' }, { unsupported: { rawType: 'orderMessage' } }],
];

describe('received content', () => {
  it.each(received)('is recorded whole, and shown under its type: %j', (content, shown) => {
    expect(ReceivedContent.parse(content)).toEqual(content);
    expect(shownContentOf(content)).toEqual(shown);
  });

  it.each(received)('is quoted as what it is: %j', (content) => {
    const quoted = quotedContentOf(content, 7);
    const isShown = !['text', 'unreadable', 'unsupported'].includes(content.type);
    expect(quoted && QuotedContent.parse(quoted)).toEqual(isShown ? quoted : undefined);
    expect(quoted?.type).toBe(isShown ? content.type : undefined);
  });

  it('is quoted with what phones show of it, and not with its file', () => {
    const { mimeType, fileName } = described;
    const voice = { ...file('audio'), form: 'voice' as const };
    expect(quotedContentOf(voice, 7)).toEqual({
      type: 'audio',
      ...plain,
      form: 'voice',
      mimeType,
      fileName,
      seconds: 7,
    });
    const contacts = [{ name: 'Bob', vcard: 'BEGIN:VCARD' }];
    expect(quotedContentOf({ type: 'contact', contacts }, null)).toEqual({ type: 'contact', names: ['Bob'] });
  });

  it('of every kind is covered here', () => {
    expect(received.map(([{ type }]) => type)).toEqual(typesWith('received'));
  });

  it('does not show the key to a file, which is found by its media', () => {
    expect(JSON.stringify(shownContentOf(file('image')))).not.toContain('a2V5');
    expect(mediaOf(file('image'))).toEqual([{ kind: 'image', ...media }]);
    expect(mediaOf({ type: 'text', body: 'Hello' })).toEqual([]);
  });

  it('is searched by its text or its caption', () => {
    expect(wordsOf({ type: 'text', body: 'Hello' })).toBe('Hello');
    expect(wordsOf(file('image'))).toBe('Look');
    expect(wordsOf({ type: 'unsupported', rawType: null })).toBeNull();
  });

  it('is searched by whatever words people see in it', () => {
    const place = { type: 'location', latitude: 1, longitude: 2 } as const;
    expect(wordsOf({ ...place, name: 'Here', address: 'Pariser Platz' })).toBe('Here\nPariser Platz');
    expect(wordsOf({ ...place, name: null, address: null })).toBeNull();
    expect(wordsOf({ type: 'poll', question: 'Tea?', options: ['yes', 'no'], multiple: false })).toBe('Tea?\nyes\nno');
    expect(wordsOf({ type: 'contact', contacts: [{ name: 'Bob', vcard: '' }] })).toBe('Bob');
  });
});

describe('outgoing text', () => {
  const content = { type: 'text' as const, body: 'Hello @491701234567', mentions: ['+491701234567'] };

  it('is recorded with its mentions, and shown with them where there are any', () => {
    expect(OutgoingContent.parse(content)).toEqual(content);
    expect(shownContentOf(content)).toEqual({ text: { body: content.body, mentions: content.mentions } });
    expect(shownContentOf({ ...content, mentions: [] })).toEqual({ text: { body: content.body } });
  });

  it('is forwarded with the people whom it mentions, but mentions nobody only for being in a group', () => {
    expect(forwardedOf({ ...content, mentionAll: true }, '')).toEqual(content);
    expect(forwardedOf({ type: 'text', body: 'Hello', mentionAll: true }, '')).toEqual({ type: 'text', body: 'Hello' });
  });
});

describe('the example of a kind', () => {
  it.each(messageTypes)('%s fits its schema', (type) => {
    const { shown, sent } = kinds[type];
    expect(shown === null || shown.schema.strict().safeParse(shown.example).success).toBe(true);
    expect(sent === null || sent.request.safeParse(sent.example).success).toBe(true);
  });
});
