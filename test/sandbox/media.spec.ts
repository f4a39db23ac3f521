import './support/strict-signatures.js';
import { randomBytes } from 'node:crypto';
import { Agent as HttpsAgent } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downloadMediaMessage, type AnyMessageContent } from '@whiskeysockets/baileys';
import { Agent } from 'undici';
import type { MediaKind, SendableContent, Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { startTrustedSandbox } from './support/sandbox.js';

describe('files between a client and phones', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let client: TestClient;
  let contact: Phone;
  let dispatcher: Agent;

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    dispatcher = new Agent({ connect: { ca: sandbox.caCertificate } });
    const fetchAgent = new HttpsAgent({ ca: sandbox.caCertificate });
    ({ phone: owner, client } = await linkedPhone(sandbox, 'Shop', { fetchAgent }));
    contact = sandbox.phones.create();
  });
  afterAll(async () => {
    await client.disconnect();
    await dispatcher.destroy();
    await sandbox.stop();
  });

  const file = randomBytes(70_001);
  it.each<[MediaKind, AnyMessageContent, object]>([
    ['image', { image: file, caption: 'look', jpegThumbnail: '' }, { text: 'look' }],
    ['video', { video: file, caption: 'watch', jpegThumbnail: '' }, { text: 'watch' }],
    ['audio', { audio: file, ptt: true, seconds: 1, mimetype: 'audio/ogg; codecs=opus' }, { media: { voice: true } }],
    [
      'document',
      { document: file, fileName: 'bill.pdf', mimetype: 'application/pdf' },
      { media: { fileName: 'bill.pdf', mimeType: 'application/pdf' } },
    ],
    ['sticker', { sticker: file }, {}],
  ])('%s: phone and client decrypt the files of each other', async (type, content, expected) => {
    const sent = await client.socket.sendMessage(jid(contact), content);
    const received = await waitUntil('it arrives', () => contact.messages().find(({ id }) => id === sent?.key.id));
    expect(received).toMatchObject({ type, ...expected });
    expect(await contact.media(received.id)).toEqual(file);

    const bytes = randomBytes(5_000);
    const outgoing: SendableContent = { type, bytes, text: 'from me', fileName: 'a.bin' };
    const { id } = await contact.send({ to: owner.number, ...outgoing });
    const message = await waitUntil('it arrives', () => client.messages.find(({ key }) => key.id === id));
    const options = { dispatcher } as unknown as RequestInit;
    expect(await downloadMediaMessage(message, 'buffer', { options })).toEqual(bytes);
  });

  it('are not found for messages without a file', async () => {
    const { id } = await contact.send({ to: owner.number, type: 'text', text: 'no file' });
    await expect(contact.media(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(contact.media('nothing')).rejects.toMatchObject({ code: 'not_found' });
  });
});
