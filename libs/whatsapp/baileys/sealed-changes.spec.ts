import { createCipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import { MasterKey } from '#lib/vault';
import { receivedSecrets } from './received-secrets.js';
import { editOpener, voteOpener } from './sealed-changes.js';
import { sentSecrets } from './sent-secrets.js';

const key = new MasterKey(randomBytes(32));
const secret = randomBytes(32);
const sealedSecret = receivedSecrets(key, 'one').seal('message', secret);
const sender = { jid: '222222222222222@lid', phoneNumber: '+491702222222', lid: '222222222222222@lid' };
const number = '491702222222@s.whatsapp.net';

/** As a phone seals it. */
const seal = (target: string, { author = number, under = secret, id = target } = {}) => {
  const type = proto.Message.ProtocolMessage.Type.MESSAGE_EDIT;
  const protocolMessage = { key: { id }, type, editedMessage: { conversation: 'at six' }, timestampMs: 1500 };
  const iv = randomBytes(12);
  const sealingKey = hkdfSync('sha256', under, Buffer.alloc(32), `${target}${author}${author}Message Edit`, 32);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(sealingKey), iv);
  const text = [cipher.update(proto.Message.encode({ protocolMessage }).finish()), cipher.final()];
  const payload = Buffer.concat([...text, cipher.getAuthTag()]).toString('base64');
  return { payload, iv: iv.toString('base64') };
};

describe('a sealed edit', () => {
  const open = editOpener({ key });
  const opened = (edit: ReturnType<typeof seal>) => open('one', { whatsappId: 'A1', sender, sealedSecret, edit });

  it.each([number, sender.lid])('is opened with the secret of the message, by its author as %s', async (author) => {
    expect(await opened(seal('A1', { author }))).toEqual({
      content: { type: 'text', body: 'at six' },
      mentions: [],
      madeAt: '1970-01-01T00:00:01.500Z',
    });
  });

  it('is not opened by another author, with another secret, for another message, or where it is damaged', async () => {
    expect(await opened(seal('A1', { author: '491703333333@s.whatsapp.net' }))).toBeUndefined();
    expect(await opened(seal('A1', { under: randomBytes(32) }))).toBeUndefined();
    expect(await opened(seal('A1', { id: 'A2' }))).toBeUndefined();
    expect(await opened(seal('A2'))).toBeUndefined();
    expect(await opened({ payload: '', iv: '' })).toBeUndefined();
  });
});

const author = { jid: '491701111111@s.whatsapp.net', phoneNumber: '+491701111111', lid: '111111111111111@lid' };
const options = ['Morning', 'Evening', 'Never'];
const hashOf = (option: string) => createHash('sha256').update(option).digest();

/** As a phone seals it: by the steps that WhatsApp’s own clients take. */
const sealVote = (chosen: readonly string[], names = { author: author.jid, voter: number }, under = secret) => {
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(under).digest();
  const info = Buffer.from(`P1${names.author}${names.voter}Poll Vote`);
  const sealingKey = createHmac('sha256', extracted)
    .update(Buffer.concat([info, Buffer.of(1)]))
    .digest();
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey, iv).setAAD(Buffer.from(`P1\0${names.voter}`));
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions: chosen.map(hashOf) }).finish();
  const text = [cipher.update(plain), cipher.final()];
  return {
    payload: Buffer.concat([...text, cipher.getAuthTag()]).toString('base64'),
    iv: iv.toString('base64'),
  };
};

describe('a sealed vote', () => {
  const open = voteOpener({ key });
  const opened = (vote: ReturnType<typeof sealVote>, ofPoll: string | null = sealedSecret) =>
    open('one', { whatsappId: 'P1', sealedSecret: ofPoll, options, author, voter: sender, vote });

  it.each([
    [author.jid, number],
    [author.jid, sender.lid],
    [author.lid, number],
    [author.lid, sender.lid],
  ])('on a poll of %s is opened, by its voter as %s', async (ofAuthor, voter) => {
    expect(await opened(sealVote(['Evening'], { author: ofAuthor, voter }))).toEqual(['Evening']);
  });

  it('is for several options, in their order, or for none', async () => {
    expect(await opened(sealVote(['Never', 'Morning']))).toEqual(['Morning', 'Never']);
    expect(await opened(sealVote([]))).toEqual([]);
    expect(await opened(sealVote(['Something else']))).toEqual([]);
  });

  it('on a poll that was sent from here is opened with the secret that is derived for it', async () => {
    const names = { author: author.lid, voter: sender.lid };
    expect(await opened(sealVote(['Never'], names, sentSecrets(key, 'one')('P1')), null)).toEqual(['Never']);
  });

  it('is not opened where somebody else cast it, with another secret, or where it is damaged', async () => {
    const other = '491703333333@s.whatsapp.net';
    expect(await opened(sealVote(['Never'], { author: author.jid, voter: other }))).toBeUndefined();
    expect(await opened(sealVote(['Never'], { author: other, voter: number }))).toBeUndefined();
    expect(await opened(sealVote(['Never'], undefined, randomBytes(32)))).toBeUndefined();
    expect(await opened({ payload: '', iv: '' })).toBeUndefined();
  });
});
