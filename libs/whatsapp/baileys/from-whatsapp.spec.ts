import { describe, expect, it } from '@jest/globals';
import { proto, type WAMessage, type WAMessageKey } from '@whiskeysockets/baileys';
import type { Account } from '../reports.js';
import { reportFromWhatsApp } from './from-whatsapp.js';

const me: Account = {
  phoneNumber: '+491701111111',
  jid: '491701111111:3@s.whatsapp.net',
  lid: '111111111111111:3@lid',
  pushName: null,
  platform: null,
};
/** Sealed keys that can be told from plain ones. */
const secrets = { seal: (use: string, secret: Uint8Array) => `sealed ${use} ${Buffer.from(secret).toString('hex')}` };
const [number, lid, group] = ['491702222222@s.whatsapp.net', '222222222222222@lid', '120363012345678901@g.us'];
const report = (
  message: proto.IMessage | null,
  key: Partial<WAMessageKey> = {},
  more: Partial<WAMessage> = {},
  recipientAlt?: string,
) =>
  reportFromWhatsApp(
    {
      key: { id: 'A', remoteJid: number, remoteJidAlt: lid, fromMe: false, ...key },
      message,
      messageTimestamp: 1767323045,
      pushName: 'Ada',
      ...more,
    },
    { me, secrets, wasWaiting: false, recipientAlt },
  );
const content = (message: proto.IMessage) => {
  const made = report(message);
  return made?.kind === 'message' ? made.message.content : undefined;
};
const { Type } = proto.Message.ProtocolMessage;

describe('a status post', () => {
  const status = 'status@broadcast';
  const posted = (key: Partial<WAMessageKey>) => report({ conversation: 'Holiday' }, { remoteJid: status, ...key });

  it.each([
    ['their LID', { participant: lid, remoteJidAlt: number }],
    ['their number', { participant: number.replace('@', ':0@'), remoteJidAlt: lid }],
  ])('is of its author, in the one chat of all posts: by %s', (_by, key) => {
    const sender = { phoneNumber: '+491702222222', lid };
    expect(posted(key)).toMatchObject({
      message: { key: { chat: status, fromMe: false }, chat: { jid: status, phoneNumber: null, lid: null }, sender },
    });
  });

  it.each([
    ['number', '491701111111:0@s.whatsapp.net'],
    ['LID', '111111111111111@lid'],
  ])('is the account’s own where its %s is named', (_by, participant) => {
    expect(posted({ participant })).toMatchObject({ message: { key: { fromMe: true, chat: status } } });
  });
});

describe('a message', () => {
  it('fits into an event, with as many of a hundred long cards in another alphabet as that, also as an edit', () => {
    const card = { displayName: 'Боб', vcard: 'ж'.repeat(8_192) };
    const sent = { contactsArrayMessage: { contacts: Array.from({ length: 100 }, () => card) } };
    const edited = { protocolMessage: { type: Type.MESSAGE_EDIT, key: { id: 'B' }, editedMessage: sent } };
    for (const message of [sent, edited]) {
      const bytes = Buffer.byteLength(JSON.stringify(report(message)), 'utf8');
      expect(bytes).toBeGreaterThan(480 * 1024);
      expect(bytes).toBeLessThan(520 * 1024);
    }
  });

  it('is reported with its author, content, time and chat', () => {
    expect(report({ conversation: 'hello' })).toEqual({
      kind: 'message',
      message: {
        key: { whatsappId: 'A', chat: number, fromMe: false, participant: null },
        account: '+491701111111',
        chat: { jid: number, phoneNumber: '+491702222222', lid },
        sender: { jid: number, phoneNumber: '+491702222222', lid },
        pushName: 'Ada',
        verifiedName: null,
        sentAt: '2026-01-02T03:04:05.000Z',
        wasWaiting: false,
        content: { type: 'text', body: 'hello' },
        replyTo: null,
        mentions: [],
        referral: null,
        forwarded: false,
        sealedSecret: null,
      },
    });
  });

  it('from a person with a hidden number has both addresses', () => {
    expect(report({ conversation: 'hello' }, { remoteJid: lid, remoteJidAlt: number })).toMatchObject({
      message: { key: { chat: lid }, chat: { jid: lid, phoneNumber: '+491702222222', lid } },
    });
  });

  it('in a group has the group as chat and the participant as sender', () => {
    const key = { remoteJid: group, participant: lid, participantAlt: number };
    expect(report({ conversation: 'hello' }, key)).toMatchObject({
      message: {
        key: { chat: group, participant: lid },
        chat: { jid: group, phoneNumber: null },
        sender: { phoneNumber: '+491702222222' },
      },
    });
  });

  it('of the own account has the other person as chat and the account as sender', () => {
    expect(report({ conversation: 'hello' }, { fromMe: true, remoteJidAlt: '111111111111111@lid' })).toMatchObject({
      message: {
        chat: { jid: number, lid: null },
        sender: { phoneNumber: '+491701111111', lid: '111111111111111@lid' },
      },
    });
  });

  it('of the own account has both addresses of the other person where WhatsApp names both', () => {
    const key = { fromMe: true, remoteJid: lid, remoteJidAlt: '491701111111@s.whatsapp.net' };
    expect(report({ conversation: 'hello' }, key, {}, number)).toMatchObject({
      message: { chat: { jid: lid, phoneNumber: '+491702222222', lid } },
    });
  });

  it('of a broadcast list has its writer as chat', () => {
    const key = { remoteJid: '1700000000@broadcast', remoteJidAlt: lid, participant: number };
    expect(report({ conversation: 'hello' }, key)).toMatchObject({
      message: { chat: { jid: number, phoneNumber: '+491702222222', lid }, sender: { phoneNumber: '+491702222222' } },
    });
  });

  it('contains the message that it replies to, and the mentions', () => {
    const contextInfo = { stanzaId: 'Q', mentionedJid: [lid] };
    expect(report({ extendedTextMessage: { text: 'yes', contextInfo } })).toMatchObject({
      message: { content: { body: 'yes' }, replyTo: 'Q', mentions: [lid] },
    });
  });

  it.each<[proto.IMessage, object]>([
    [{ ephemeralMessage: { message: { conversation: 'gone soon' } } }, { type: 'text', body: 'gone soon' }],
    [
      { locationMessage: { degreesLatitude: 1.5, degreesLongitude: 2.5, name: 'Here' } },
      { type: 'location', latitude: 1.5, longitude: 2.5, name: 'Here', address: null },
    ],
    [
      { contactMessage: { displayName: 'Bob', vcard: 'BEGIN:VCARD' } },
      { type: 'contact', contacts: [{ name: 'Bob', vcard: 'BEGIN:VCARD' }] },
    ],
    [
      {
        contactsArrayMessage: {
          displayName: '2 contacts',
          contacts: [{ displayName: 'Bob', vcard: '1' }, { vcard: '2' }],
        },
      },
      {
        type: 'contact',
        contacts: [
          { name: 'Bob', vcard: '1' },
          { name: '', vcard: '2' },
        ],
      },
    ],
    [
      { pollCreationMessageV3: { name: 'Tea?', options: [{ optionName: 'yes' }], selectableOptionsCount: 1 } },
      { type: 'poll', question: 'Tea?', options: ['yes'], multiple: false },
    ],
    [
      {
        imageMessage: {
          mediaKey: Buffer.from('key'),
          url: 'https://h/1',
          fileLength: 7,
          caption: 'Look',
          mimetype: 'image/png',
        },
      },
      {
        type: 'image',
        media: { kind: 'image', url: 'https://h/1', directPath: null, sealedKey: 'sealed media 6b6579', sha256: null },
        mimeType: 'image/png',
        caption: 'Look',
        fileName: null,
        size: 7,
        form: 'plain',
        viewOnce: false,
      },
    ],
    [{ audioMessage: { mediaKey: Buffer.from('key'), ptt: true } }, { type: 'audio', form: 'voice', size: null }],
    [{ imageMessage: {} }, { type: 'unsupported', rawType: 'imageMessage' }],
    [{ orderMessage: { orderId: '1' } }, { type: 'unsupported', rawType: 'orderMessage' }],
    [{}, { type: 'unsupported', rawType: null }],
    [{ placeholderMessage: {} }, { type: 'unreadable', reason: 'withheld' }],
  ])('has the content of its kind: %j', (message, expected) => expect(content(message)).toMatchObject(expected));

  it.each<[proto.IMessage | null]>([
    [null],
    [{ pollUpdateMessage: {}, messageContextInfo: {} }],
    [{ senderKeyDistributionMessage: { groupId: group } }],
    [{ protocolMessage: { type: Type.APP_STATE_SYNC_KEY_SHARE } }],
    [{ protocolMessage: { type: Type.HISTORY_SYNC_NOTIFICATION, key: { id: 'X' } } }],
    [{ reactionMessage: { text: '❤️' } }],
    [{ secretEncryptedMessage: { targetMessageKey: { id: 'B' }, secretEncType: 1 } }],
  ])('is not reported where it has no content: %j', (message) => expect(report(message)).toBeUndefined());
});

describe('a value that no phone would send', () => {
  it('is cut, replaced or left out, and the message is still one', () => {
    const long = 'x'.repeat(100_000);
    expect(content({ conversation: long })).toEqual({ type: 'text', body: 'x'.repeat(65_536) });
    expect(content({ conversation: 'half \ud800 pair' })).toEqual({ type: 'text', body: 'half \ufffd pair' });
    const contextInfo = { stanzaId: long, mentionedJid: ['nobody', lid, ''] };
    expect(report({ extendedTextMessage: { text: '', contextInfo } }, {}, { pushName: long })).toMatchObject({
      message: { replyTo: expect.stringMatching(/^[0-9a-f]{64}$/), mentions: [lid], pushName: 'x'.repeat(1024) },
    });
    expect(content({ documentMessage: { mediaKey: Buffer.from('key'), fileLength: -1, url: long } })).toMatchObject({
      type: 'document',
      media: { url: null },
      size: null,
    });
    expect(content({ locationMessage: { degreesLatitude: NaN, degreesLongitude: 2 } })).toEqual({
      type: 'unsupported',
      rawType: 'locationMessage',
    });
  });

  it.each([NaN, 0, -1, 1e15])('as a time is replaced by now: %s', (messageTimestamp) => {
    const before = new Date().toISOString();
    const made = report({ conversation: 'when?' }, {}, { messageTimestamp });
    expect(made?.kind === 'message' && made.message.sentAt >= before).toBe(true);
  });
});

describe('a secret of a message', () => {
  it('is reported sealed', () => {
    const messageContextInfo = { messageSecret: Buffer.from('secret') };
    const sealedSecret = `sealed message ${Buffer.from('secret').toString('hex')}`;
    expect(report({ conversation: 'hello', messageContextInfo })).toMatchObject({ message: { sealedSecret } });
    expect(report({ ephemeralMessage: { message: { conversation: 'hello' } }, messageContextInfo })).toMatchObject({
      message: { sealedSecret },
    });
  });
});

describe('an ad', () => {
  const externalAdReply = { title: 'Tea', body: 'Half price', sourceType: 'ad', sourceId: '7', ctwaClid: 'click' };

  it('through which somebody writes is named by the message', () => {
    expect(report({ extendedTextMessage: { text: 'Hi', contextInfo: { externalAdReply } } })).toMatchObject({
      message: {
        referral: {
          sourceType: 'ad',
          sourceId: '7',
          sourceUrl: null,
          headline: 'Tea',
          body: 'Half price',
          ctwaClid: 'click',
        },
      },
    });
  });

  it('is not what a preview of a link is', () => {
    const preview = { title: 'A page', sourceUrl: 'https://example.com' };
    expect(report({ extendedTextMessage: { text: 'Hi', contextInfo: { externalAdReply: preview } } })).toMatchObject({
      message: { referral: null },
    });
  });
});
