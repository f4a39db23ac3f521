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
    { wasWaiting: false, recipientAlt },
    me,
  );
const content = (message: proto.IMessage) => {
  const made = report(message);
  return made?.kind === 'message' ? made.message.content : undefined;
};
const { Type } = proto.Message.ProtocolMessage;

describe('a message', () => {
  it('is reported with its author, content, time and chat', () => {
    expect(report({ conversation: 'hello' })).toEqual({
      kind: 'message',
      message: {
        key: { whatsappId: 'A', chat: number, fromMe: false, participant: null },
        account: '+491701111111',
        chat: { jid: number, phoneNumber: '+491702222222', lid },
        sender: { jid: number, phoneNumber: '+491702222222', lid },
        pushName: 'Ada',
        sentAt: '2026-01-02T03:04:05.000Z',
        wasWaiting: false,
        content: { type: 'text', body: 'hello' },
        replyTo: null,
        mentions: [],
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
      { type: 'contact', name: 'Bob', vcard: 'BEGIN:VCARD' },
    ],
    [
      { contactsArrayMessage: { displayName: 'Two', contacts: [{ vcard: '1' }, { vcard: '2' }] } },
      { type: 'contact', name: 'Two', vcard: '1\n2' },
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
        media: { kind: 'image', url: 'https://h/1', directPath: null, mediaKey: 'a2V5', sha256: null },
        mimeType: 'image/png',
        caption: 'Look',
        fileName: null,
        size: 7,
        voice: false,
      },
    ],
    [{ audioMessage: { mediaKey: Buffer.from('key'), ptt: true } }, { type: 'audio', voice: true, size: null }],
    [{ imageMessage: {} }, { type: 'unsupported' }],
    [{ orderMessage: { orderId: '1' } }, { type: 'unsupported' }],
  ])('has the content of its kind: %j', (message, expected) => expect(content(message)).toMatchObject(expected));

  it.each<[proto.IMessage | null]>([
    [null],
    [{}],
    [{ senderKeyDistributionMessage: { groupId: group } }],
    [{ protocolMessage: { type: Type.APP_STATE_SYNC_KEY_SHARE } }],
    [{ protocolMessage: { type: Type.HISTORY_SYNC_NOTIFICATION, key: { id: 'X' } } }],
    [{ reactionMessage: { text: '❤️' } }],
  ])('is not reported where it has no content: %j', (message) => expect(report(message)).toBeUndefined());
});

describe('a change', () => {
  it('is a revocation or an edit of another message', () => {
    const key = { id: 'B' };
    expect(report({ protocolMessage: { type: Type.REVOKE, key } })).toMatchObject({ kind: 'revoked', whatsappId: 'B' });
    const editedMessage = { conversation: 'better' };
    expect(report({ protocolMessage: { type: Type.MESSAGE_EDIT, key, editedMessage } })).toMatchObject({
      kind: 'edited',
      whatsappId: 'B',
      content: { type: 'text', body: 'better' },
      message: { key: { whatsappId: 'A' } },
    });
  });

  it('is a reaction, or removes it', () => {
    expect(report({ reactionMessage: { key: { id: 'B' }, text: '❤️' } })).toMatchObject({
      kind: 'reaction',
      emoji: '❤️',
    });
    expect(report({ reactionMessage: { key: { id: 'B' }, text: '' } })).toMatchObject({
      kind: 'reaction',
      emoji: null,
    });
  });
});
