import './support/strict-signatures.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto, type AnyMessageContent } from '@whiskeysockets/baileys';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { inboxOf, jid, linkedPhone, type TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { startTrustedSandbox } from './support/sandbox.js';

const { DELIVERY_ACK, READ, PLAYED } = proto.WebMessageInfo.Status;

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

  const send = async (content: string | AnyMessageContent, to = jid(contact)): Promise<string> => {
    const message = typeof content === 'string' ? { text: content } : content;
    return (await client.socket.sendMessage(to, message))?.key.id ?? '';
  };

  it('are decrypted by the phone of the recipient and that of the sender', async () => {
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

  it('reach the client with their sender', async () => {
    const { id } = await contact.send({ to: owner.number, type: 'text', text: 'Thank you!' });
    const message = await client.received('Thank you!');
    expect(message.key).toMatchObject({ id, remoteJid: jid(contact), fromMe: false });
    expect(message.pushName).toBe('Ada');
    await waitUntil(
      'the phone gets the delivery receipt',
      () => contact.messages().find((m) => m.id === id)?.status === 'delivered',
    );
    await client.socket.readMessages([message.key]);
    await waitUntil(
      'the phone gets the read receipt',
      () => contact.messages().find((m) => m.id === id)?.status === 'read',
    );
    await client.socket.sendReceipt(jid(contact), undefined, [id], 'played');
    await waitUntil(
      'the phone gets the played receipt',
      () => contact.messages().find((m) => m.id === id)?.status === 'played',
    );
  });

  it('can be addressed by LID in both directions', async () => {
    const id = await send('to your other name', `${contact.lid}@lid`);
    expect(await inboxOf(contact, id)).toMatchObject({ text: 'to your other name', addressing: 'lid' });
    const key = await client.status(id, DELIVERY_ACK);
    expect(key.remoteJid).toBe(`${contact.lid}@lid`);
    await contact.send({ to: owner.number, type: 'text', text: 'from my other name', addressing: 'lid' });
    const answer = await client.received('from my other name');
    expect(answer.key).toMatchObject({ remoteJid: `${contact.lid}@lid`, remoteJidAlt: jid(contact) });
  });

  it('are confirmed according to the settings: later, at once, as read, or never', async () => {
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

  it('are queued for an offline phone', async () => {
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

  it('are marked as duplicate if the same id arrives again', async () => {
    const id = await send({ text: 'twice' });
    await inboxOf(contact, id);
    await client.socket.sendMessage(jid(contact), { text: 'twice' }, { messageId: id });
    const copies = await waitUntil('it arrives again', () => {
      const found = contact.messages().filter((message) => message.id === id);
      return found.length === 2 && found;
    });
    expect(copies.map(({ duplicate }) => duplicate)).toEqual([undefined, true]);
  });

  it('are listed since a sequence number or time', async () => {
    const before = contact.messages().at(-1)?.sequence ?? 0;
    const now = new Date().toISOString();
    await inboxOf(contact, await send('newest'));
    expect(contact.messages({ since: before }).map(({ text }) => text)).toEqual(['newest']);
    expect(contact.messages({ since: String(before) })).toHaveLength(1);
    expect(contact.messages({ since: now })).toHaveLength(1);
  });
});
