import './support/strict-signatures.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import type { Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, TestClient } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';
import { waitUntil } from './support/wait-until.js';

const { DELIVERY_ACK, READ } = proto.WebMessageInfo.Status;

describe('several clients', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
  });
  afterAll(() => sandbox.stop());

  it('of two people exchange messages and receipts', async () => {
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

  it('of one person all get sent and received messages, including one linked later', async () => {
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

  it('that were offline get everything once, in order', async () => {
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

  it('that lost their sessions request messages again and get them', async () => {
    // the client caches sent messages by chat, but a linked device requests them by device: needs getMessage
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

  it('upload new prekeys when few are left', async () => {
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
