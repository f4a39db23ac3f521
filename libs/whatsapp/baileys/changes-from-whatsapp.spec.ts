import { describe, expect, it } from '@jest/globals';
import { proto, type WAMessageKey } from '@whiskeysockets/baileys';
import type { Account } from '../reports.js';
import { reportFromWhatsApp } from './from-whatsapp.js';

const me: Account = {
  phoneNumber: '+491701111111',
  jid: '491701111111:3@s.whatsapp.net',
  lid: '111111111111111:3@lid',
  pushName: null,
  platform: null,
};
const reading = { me, secrets: { seal: () => 'sealed' }, wasWaiting: false };
const [number, lid, group] = ['491702222222@s.whatsapp.net', '222222222222222@lid', '120363012345678901@g.us'];
const report = (message: proto.IMessage, key: Partial<WAMessageKey> = {}) =>
  reportFromWhatsApp(
    { key: { id: 'A', remoteJid: number, remoteJidAlt: lid, fromMe: false, ...key }, message, messageTimestamp: 1 },
    reading,
  );
const { Type } = proto.Message.ProtocolMessage;

describe('a change', () => {
  it('is a revocation or an edit of another message', () => {
    const key = { id: 'B' };
    expect(report({ protocolMessage: { type: Type.REVOKE, key } })).toMatchObject({ kind: 'revoked', whatsappId: 'B' });
    const editedMessage = { extendedTextMessage: { text: 'better', contextInfo: { mentionedJid: [lid] } } };
    const editing = { type: Type.MESSAGE_EDIT, key, editedMessage, timestampMs: 1500 };
    expect(report({ protocolMessage: editing })).toMatchObject({
      kind: 'edited',
      whatsappId: 'B',
      content: { type: 'text', body: 'better' },
      mentions: [lid],
      madeAt: '1970-01-01T00:00:01.500Z',
      message: { key: { whatsappId: 'A' } },
    });
  });

  describe('that revokes a message of a group', () => {
    const sender = { remoteJid: group, participant: lid, participantAlt: number };
    const other = '333333333333333@lid';
    const revoked = (key: proto.IMessageKey) =>
      report({ protocolMessage: { type: Type.REVOKE, key: { id: 'B', ...key } } }, sender);

    it('is of the sender’s own message', () => {
      const author = { jid: lid, phoneNumber: '+491702222222', lid };
      expect(revoked({ fromMe: true, participant: lid })).toMatchObject({ kind: 'revoked', author });
      expect(revoked({ participant: number })).toMatchObject({ kind: 'revoked', author });
      expect(revoked({})).toMatchObject({ kind: 'revoked', author });
    });

    it('names the author where that is somebody else', () => {
      expect(revoked({ participant: other })).toMatchObject({ kind: 'revoked', author: { jid: other } });
      expect(revoked({ participant: me.jid })).toMatchObject({ kind: 'revoked', author: null });
    });
  });

  it('is an edit that is sealed, and only that', () => {
    const encPayload = Buffer.from('payload');
    const sealed = { targetMessageKey: { id: 'B' }, encPayload, encIv: Buffer.from('iv'), secretEncType: 2 };
    expect(report({ secretEncryptedMessage: sealed })).toMatchObject({
      kind: 'sealed_edit',
      whatsappId: 'B',
      edit: { payload: encPayload.toString('base64'), iv: Buffer.from('iv').toString('base64') },
    });
  });

  it('is a vote on a poll, whose author it names', () => {
    const vote = { encPayload: Buffer.from('payload'), encIv: Buffer.from('iv') };
    const voted = (key: object) =>
      report({ pollUpdateMessage: { pollCreationMessageKey: key, vote, senderTimestampMs: 1500 } });
    const author = { jid: number };
    expect(voted({ id: 'B', fromMe: true })).toMatchObject({
      kind: 'sealed_vote',
      whatsappId: 'B',
      author: null,
      pollAuthor: { phoneNumber: me.phoneNumber, lid: '111111111111111@lid' },
      vote: { payload: vote.encPayload.toString('base64'), iv: vote.encIv.toString('base64') },
      castAt: '1970-01-01T00:00:01.500Z',
    });
    expect(voted({ id: 'B', fromMe: false })).toMatchObject({ author, pollAuthor: author });
    expect(report({ pollUpdateMessage: { vote } })).toBeUndefined();
    expect(report({ pollUpdateMessage: { pollCreationMessageKey: { id: 'B' } } })).toBeUndefined();
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
