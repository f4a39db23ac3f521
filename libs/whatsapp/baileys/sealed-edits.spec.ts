import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import { MasterKey } from '#lib/vault';
import { receivedSecrets } from './received-secrets.js';
import { editOpener } from './sealed-edits.js';

const key = new MasterKey(randomBytes(32));
const secret = randomBytes(32);
const sealedSecret = receivedSecrets(key, 'one').seal('message', secret);
const sender = { jid: '222222222222222@lid', phoneNumber: '+491702222222', lid: '222222222222222@lid' };
const number = '491702222222@s.whatsapp.net';

/** As a phone seals it. */
const seal = (target: string, { author = number, under = secret, id = target } = {}) => {
  const type = proto.Message.ProtocolMessage.Type.MESSAGE_EDIT;
  const protocolMessage = { key: { id }, type, editedMessage: { conversation: 'at six' } };
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
