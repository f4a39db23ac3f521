import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto, type AnyMessageContent, type WAMessage } from '@whiskeysockets/baileys';
import type { SendableContent, Phone, PhoneMessage, Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { startTrustedSandbox } from './support/sandbox.js';

const { DELIVERY_ACK, READ, PLAYED } = proto.WebMessageInfo.Status;

const inboxOf = (phone: Phone, id: string): Promise<PhoneMessage> =>
  waitUntil(`phone ${phone.number} reads ${id}`, () => phone.messages().find((message) => message.id === id));

describe('messages between a client and phones', () => {
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

  it('are decrypted by the phone they are sent to, and by the own phone', async () => {
    const id = await send('Your parcel is here.');
    expect(await inboxOf(contact, id)).toMatchObject({
      direction: 'incoming',
      from: owner.number,
      to: contact.number,
      chat: owner.number,
      type: 'text',
      text: 'Your parcel is here.',
    });
    expect(await inboxOf(owner, id)).toMatchObject({ direction: 'outgoing', chat: contact.number, fromDevice: 1 });
    expect((await client.ackOf(id)).attrs.error).toBeUndefined();
  });

  it('reach the client, which knows who wrote them', async () => {
    const { id } = await contact.send({ to: owner.number, type: 'text', text: 'Thank you!' });
    const message = await client.received('Thank you!');
    expect(message.key).toMatchObject({ id, remoteJid: jid(contact), fromMe: false });
    expect(message.pushName).toBe('Ada');
    await waitUntil(
      'the phone hears that it arrived',
      () => contact.messages().find((m) => m.id === id)?.status === 'delivered',
    );
    await client.socket.readMessages([message.key]);
    await waitUntil(
      'the phone hears that it was read',
      () => contact.messages().find((m) => m.id === id)?.status === 'read',
    );
    await client.socket.sendReceipt(jid(contact), undefined, [id], 'played');
    await waitUntil(
      'the phone hears that it was played',
      () => contact.messages().find((m) => m.id === id)?.status === 'played',
    );
  });

  it('can be addressed by LID, both ways', async () => {
    const id = await send('to your other name', `${contact.lid}@lid`);
    expect(await inboxOf(contact, id)).toMatchObject({ text: 'to your other name', addressing: 'lid' });
    const key = await client.status(id, DELIVERY_ACK);
    expect(key.remoteJid).toBe(`${contact.lid}@lid`);
    await contact.send({ to: owner.number, type: 'text', text: 'from my other name', addressing: 'lid' });
    const answer = await client.received('from my other name');
    expect(answer.key).toMatchObject({ remoteJid: `${contact.lid}@lid`, remoteJidAlt: jid(contact) });
  });

  it('are confirmed as the phone is told to: later, at once, as read, or never', async () => {
    const later = await send('later');
    await client.status(later, DELIVERY_ACK);
    contact.markRead(later);
    await client.status(later, READ);
    contact.markPlayed(later);
    await client.status(later, PLAYED);

    contact.set({ receiptDelayMs: 0 });
    const atOnce = await send('at once');
    await client.status(atOnce, DELIVERY_ACK);
    contact.set({ receipts: 'read', receiptDelayMs: 250 });
    await client.status(await send('read'), READ);
    contact.set({ receipts: 'none' });
    const never = await send('never');
    await inboxOf(contact, never);
    contact.set({ receipts: 'delivered' });
    await client.status(await send('after'), DELIVERY_ACK);
    expect(client.updates.filter(({ key }) => key.id === never)).toEqual([]);
  });

  it('wait for a phone that is offline', async () => {
    contact.set({ online: false });
    const id = await send('are you there?');
    expect((await client.ackOf(id)).attrs.error).toBeUndefined();
    await inboxOf(owner, id);
    expect(contact.messages().some((message) => message.id === id)).toBe(false);
    await expect(contact.send({ to: owner.number, type: 'text', text: 'no' })).rejects.toMatchObject({
      code: 'phone_offline',
    });
    contact.set({ online: true });
    await inboxOf(contact, id);
    await client.status(id, DELIVERY_ACK);
  });

  it('cannot be sent to a number that is not on WhatsApp', async () => {
    const missing = sandbox.phones.create();
    missing.set({ exists: false });
    expect(await client.socket.onWhatsApp(missing.number, contact.number)).toEqual([
      { jid: jid(contact), exists: true },
    ]);
    const id = await send('nobody reads this', jid(missing));
    expect((await client.ackOf(id)).attrs.error).toBe('404');
    await expect(contact.send({ to: missing.number, type: 'text', text: 'x' })).rejects.toMatchObject({
      code: 'unknown_number',
    });
    missing.set({ exists: true });
    expect(await client.socket.onWhatsApp(missing.number)).toEqual([{ jid: jid(missing), exists: true }]);
  });

  it('show a second arrival of the same id as a duplicate', async () => {
    const id = await send({ text: 'twice' });
    await inboxOf(contact, id);
    await client.socket.sendMessage(jid(contact), { text: 'twice' }, { messageId: id });
    const copies = await waitUntil('it arrives again', () => {
      const found = contact.messages().filter((message) => message.id === id);
      return found.length === 2 && found;
    });
    expect(copies.map(({ duplicate }) => duplicate)).toEqual([undefined, true]);
  });

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

  it('from a client: reply, reaction, edit and revocation point at the message they are about', async () => {
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

  it('from a phone: reply, reaction, edit and revocation point at the message they are about', async () => {
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

  it('are listed from a place on', async () => {
    const before = contact.messages().at(-1)?.sequence ?? 0;
    const now = new Date().toISOString();
    await inboxOf(contact, await send('newest'));
    expect(contact.messages({ since: before }).map(({ text }) => text)).toEqual(['newest']);
    expect(contact.messages({ since: String(before) })).toHaveLength(1);
    expect(contact.messages({ since: now })).toHaveLength(1);
  });
});

describe('several clients', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
  });
  afterAll(() => sandbox.stop());

  it('of two people talk to each other, with receipts', async () => {
    const [ada, bob] = [await linkedPhone(sandbox, 'Ada'), await linkedPhone(sandbox, 'Bob')];
    const sent = await ada.client.socket.sendMessage(jid(bob.phone), { text: 'hello Bob' });
    const received = await bob.client.received('hello Bob');
    expect(received.key.fromMe).toBe(false);
    await ada.client.status(sent!.key.id!, DELIVERY_ACK);
    await bob.client.socket.readMessages([received.key]);
    await ada.client.status(sent!.key.id!, READ);
    await bob.client.socket.sendMessage(jid(ada.phone), { text: 'hello Ada' });
    await ada.client.received('hello Ada');
    expect(ada.phone.messages().map(({ text }) => text)).toEqual(['hello Bob', 'hello Ada']);
    await ada.client.disconnect();
    await bob.client.disconnect();
  });

  it('of one person all see what is sent and received, also one linked in between', async () => {
    const { phone, client } = await linkedPhone(sandbox, 'Ada');
    const contact = sandbox.phones.create();
    await client.socket.sendMessage(jid(contact), { text: 'first' });
    const second = await new TestClient(sandbox.url).link(phone);
    const sent = await client.socket.sendMessage(jid(contact), { text: 'second' });
    expect((await second.received('second')).key).toMatchObject({ fromMe: true, remoteJid: jid(contact) });
    await second.status(sent!.key.id!, DELIVERY_ACK);
    await contact.send({ to: phone.number, type: 'text', text: 'to all of you' });
    await client.received('to all of you');
    await second.received('to all of you');
    await phone.send({ to: contact.number, type: 'text', text: 'from the phone itself' });
    expect((await second.received('from the phone itself')).key.fromMe).toBe(true);
    await client.disconnect();
    await second.disconnect();
  });

  it('that were away get everything once, in order, and as old messages', async () => {
    const { phone, client } = await linkedPhone(sandbox, 'Ada');
    const contact = sandbox.phones.create();
    await client.disconnect();
    const texts = Array.from({ length: 12 }, (_, index) => `missed ${index}`);
    for (const text of texts) await contact.send({ to: phone.number, type: 'text', text });
    expect(phone.devices()[0]?.waiting).toBe(12);
    await client.reconnect();
    await client.received('missed 11');
    expect(client.messages.flatMap(({ message }) => message?.conversation ?? [])).toEqual(texts);
    await waitUntil('everything is confirmed', () => phone.devices()[0]?.waiting === 0);
    await client.disconnect();
  });

  it('that lost their sessions ask for a message again, and get it', async () => {
    // the client's own memory of what it sent is by chat, a linked device asks by device: the application has to know
    const getMessage = () => Promise.resolve(proto.Message.create({ conversation: 'five' }));
    const [ada, bob] = [await linkedPhone(sandbox, 'Ada', { getMessage }), await linkedPhone(sandbox, 'Bob')];
    const contact = sandbox.phones.create();
    await contact.send({ to: bob.phone.number, type: 'text', text: 'one' });
    await bob.client.received('one');
    await bob.client.socket.sendMessage(jid(contact), { text: 'answer' });
    await waitUntil('the sessions are settled', () => contact.messages().some(({ text }) => text === 'answer'));
    bob.client.auth.forgetSessions();
    await contact.send({ to: bob.phone.number, type: 'text', text: 'two' });
    await bob.client.received('two');

    await ada.client.socket.sendMessage(jid(bob.phone), { text: 'three' });
    await bob.client.received('three');
    await bob.client.socket.sendMessage(jid(ada.phone), { text: 'four' });
    await ada.client.received('four');
    bob.client.auth.forgetSessions();
    await ada.client.socket.sendMessage(jid(bob.phone), { text: 'five' });
    await bob.client.received('five');
    expect(bob.client.warnings.some(({ msg }) => msg === 'failed to decrypt message')).toBe(true);
    await waitUntil('nothing is left in the queue', () => bob.phone.devices()[0]?.waiting === 0);
    await ada.client.disconnect();
    await bob.client.disconnect();
  });

  it('upload new keys when few are left', async () => {
    const { phone, client } = await linkedPhone(sandbox, 'Ada');
    const uploaded = (): number => client.auth.creds.nextPreKeyId;
    const before = uploaded();
    const companion = phone.account.companions.get(1)!;
    companion.preKeys.splice(5);
    await sandbox.phones.create().send({ to: phone.number, type: 'text', text: 'uses a key' });
    await client.received('uses a key');
    await waitUntil('the client makes new keys', () => uploaded() > before && companion.preKeys.length > 5);
    await client.disconnect();
  });
});
