import './support/strict-signatures.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { proto, AnyMessageContent, WAMessage } from '@whiskeysockets/baileys';
import type { SendableContent, Phone, PhoneMessage, Sandbox } from '#lib/whatsapp-sandbox';
import { inboxOf, jid, linkedPhone, type TestClient } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';
import { waitUntil } from './support/wait-until.js';

describe('kinds of messages', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let client: TestClient;
  let contact: Phone;

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    ({ phone: owner, client } = await linkedPhone(sandbox, 'Shop'));
    contact = sandbox.phones.create({ name: 'Ada' });
  });
  afterAll(async () => {
    await client.disconnect();
    await sandbox.stop();
  });

  const send = async (content: string | AnyMessageContent, to = jid(contact), quoted?: WAMessage): Promise<string> => {
    const message = typeof content === 'string' ? { text: content } : content;
    return (await client.socket.sendMessage(to, message, quoted && { quoted }))?.key.id ?? '';
  };

  const quoted = async (): Promise<WAMessage> => {
    const { id } = await contact.send({ to: owner.number, type: 'text', text: 'a question' });
    return waitUntil('the question arrives', () => client.messages.find(({ key }) => key.id === id));
  };

  it.each<[string, AnyMessageContent, Partial<PhoneMessage>]>([
    [
      'text with mentions',
      { text: 'hi @1', mentions: ['491701111111@s.whatsapp.net'] },
      { text: 'hi @1', mentions: ['491701111111'] },
    ],
    [
      'location',
      { location: { degreesLatitude: 52.5, degreesLongitude: 13.4, name: 'Berlin', address: 'Mitte' } },
      { location: { latitude: 52.5, longitude: 13.4, name: 'Berlin', address: 'Mitte' } },
    ],
    [
      'contact',
      {
        contacts: { displayName: 'Bob', contacts: [{ vcard: 'BEGIN:VCARD\nFN:Bob\nTEL;waid=4917:+49 17\nEND:VCARD' }] },
      },
      { type: 'contact' },
    ],
    [
      'poll',
      { poll: { name: 'Tea?', values: ['yes', 'no'], selectableCount: 1 } },
      { poll: { question: 'Tea?', options: ['yes', 'no'], multiple: false } },
    ],
  ])('from a client: %s', async (_kind, content, expected) => {
    expect(await inboxOf(contact, await send(content))).toMatchObject(expected);
  });

  it('from a client: reply, reaction, edit and revocation refer to their message', async () => {
    const question = await quoted();
    const reply = await send('an answer', jid(contact), question);
    expect(await inboxOf(contact, reply)).toMatchObject({ text: 'an answer', replyTo: question.key.id });
    const reaction = await send({ react: { key: question.key, text: '👍' } });
    expect((await inboxOf(contact, reaction)).reaction).toEqual({ messageId: question.key.id, emoji: '👍' });
    const key = { remoteJid: jid(contact), fromMe: true, id: reply };
    const edit = await send({ edit: key, text: 'a better answer' });
    expect(await inboxOf(contact, edit)).toMatchObject({ type: 'edit', target: reply, text: 'a better answer' });
    expect(await inboxOf(contact, await send({ delete: key }))).toMatchObject({ type: 'revoke', target: reply });
  });

  it.each<[SendableContent, (message: proto.IMessage) => unknown, unknown]>([
    [
      { type: 'text', text: 'hi @1', mentions: ['491701111111'] },
      (m) => m.extendedTextMessage?.contextInfo?.mentionedJid,
      ['491701111111@s.whatsapp.net'],
    ],
    [
      { type: 'location', latitude: 1.5, longitude: 2.5, name: 'Here' },
      (m) => [m.locationMessage?.degreesLatitude, m.locationMessage?.degreesLongitude, m.locationMessage?.name],
      [1.5, 2.5, 'Here'],
    ],
    [{ type: 'contact', name: 'Bob', phone: '+49 17' }, (m) => m.contactMessage?.displayName, 'Bob'],
    [
      { type: 'poll', question: 'Tea?', options: ['yes', 'no'], multiple: true },
      (m) => m.pollCreationMessageV3?.options?.map(({ optionName }) => optionName),
      ['yes', 'no'],
    ],
  ])('from a phone: %j', async (content, read, expected) => {
    const { id } = await contact.send({ to: owner.number, ...content });
    const message = await waitUntil('it arrives', () => client.messages.find(({ key }) => key.id === id)?.message);
    expect(read(message ?? {})).toEqual(expected);
  });

  it('from a phone: reply, reaction, edit and revocation refer to their message', async () => {
    const id = await send('original');
    await inboxOf(contact, id);
    const reply = await contact.send({ to: owner.number, type: 'text', text: 'about that', replyTo: id });
    expect((await client.received('about that')).message?.extendedTextMessage?.contextInfo).toMatchObject({
      stanzaId: id,
      quotedMessage: { extendedTextMessage: { text: 'original' } },
    });
    const reactions: { id?: string | null | undefined; text?: string | null | undefined }[] = [];
    client.socket.ev.on('messages.reaction', (all) =>
      reactions.push(...all.map(({ key, reaction }) => ({ id: key.id, text: reaction.text }))),
    );
    await contact.send({ to: owner.number, type: 'reaction', messageId: id, emoji: '❤️' });
    await waitUntil('the reaction arrives', () => reactions.some((each) => each.id === id && each.text === '❤️'));
    await contact.send({ to: owner.number, type: 'edit', messageId: reply.id, text: 'about this' });
    await waitUntil('the edit arrives', () =>
      client.updates.some(({ key, update }) => {
        const edited = update.message?.editedMessage?.message;
        return key.id === reply.id && edited?.conversation === 'about this';
      }),
    );
    await contact.send({ to: owner.number, type: 'revoke', messageId: reply.id });
    await waitUntil('the revocation arrives', () =>
      client.updates.some(({ key, update }) => key.id === reply.id && update.message === null),
    );
  });
});
