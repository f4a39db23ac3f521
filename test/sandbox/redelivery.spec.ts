import './support/strict-signatures.js';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { inboxOf, linkedPhone, type TestClient } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';
import { MessageStanzas } from './support/stanzas.js';
import { waitUntil } from './support/wait-until.js';

describe('a message that a client gets twice', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let client: TestClient;
  let contact: Phone;

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    ({ phone: owner, client } = await linkedPhone(sandbox, 'Shop'));
    owner.set({ receipts: 'none' }); // leaves the receipts to the client
    contact = sandbox.phones.create({ name: 'Ada' });
  });
  afterAll(async () => {
    await client.disconnect();
    await sandbox.stop();
  });

  const statusOf = (id: string) => contact.messages().find((message) => message.id === id)?.status;
  const send = async (text: string): Promise<string> =>
    (await contact.send({ to: owner.number, type: 'text', text })).id;

  it('is repeated after a lost receipt: at the next login, marked offline, and dated later on request', async () => {
    const before = new MessageStanzas(client);
    sandbox.faults.add({ kind: 'lose-receipt', number: owner.number, count: 2, ms: 5_000 });
    const ids = [await send('confirmed in vain'), await send('also in vain')];
    await waitUntil('both receipts are lost', () => sandbox.faults.list().length === 0);
    await client.socket.readMessages([(await client.received('also in vain')).key]);
    const confirmed = await send('confirmed');
    await waitUntil('a later receipt is processed', () => statusOf(confirmed) === 'delivered');
    expect(ids.map(statusOf)).toEqual(['sent', 'sent']);
    expect(owner.devices()[0]?.waiting).toBe(2);

    await client.disconnect();
    const repeated = new MessageStanzas(client.connect());
    await client.ready();
    for (const id of ids) {
      const [first, second] = [await before.withId(id), await repeated.withId(id)];
      expect(first.attrs).not.toHaveProperty('offline');
      expect(second.attrs).toMatchObject({ id, offline: expect.any(String) });
      expect(Number(second.attrs.t) - Number(first.attrs.t)).toBe(5);
    }
    await waitUntil('the repeated messages are confirmed', () => owner.devices()[0]?.waiting === 0);
  });

  it('has the same id and a later time if the sender resends it', async () => {
    const stanzas = new MessageStanzas(client);
    const id = await send('resent');
    await contact.resend(id);
    const [first, second] = [await stanzas.withId(id), await stanzas.withId(id, 2)];
    expect(Number(second.attrs.t)).toBeGreaterThan(Number(first.attrs.t));
    await waitUntil('both are confirmed', () => owner.devices()[0]?.waiting === 0);
    const [received, duplicate] = await waitUntil('the own phone has both', () => {
      const copies = owner.messages().filter((message) => message.id === id);
      return copies.length === 2 && copies;
    });
    expect(duplicate).toMatchObject({ text: 'resent', duplicate: true });
    expect(Date.parse(duplicate!.sentAt)).toBeGreaterThan(Date.parse(received!.sentAt));
  });

  it('is resent only by the phone that has sent it, while it is online', async () => {
    const sent = await client.socket.sendMessage(`${contact.number}@s.whatsapp.net`, { text: 'from the client' });
    const { id } = await inboxOf(contact, sent?.key.id ?? '');
    await expect(contact.resend('nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(contact.resend(id)).rejects.toMatchObject({ code: 'invalid_argument' });
    const own = await send('mine');
    contact.set({ online: false });
    await expect(contact.resend(own)).rejects.toMatchObject({ code: 'phone_offline' });
    contact.set({ online: true });
  });
});

it('a receipt that a phone delays is not lost when the sandbox is restarted', async () => {
  const directory = await temporaryDirectory();
  const stateFile = join(directory.path, 'state.json');
  const first = await startTrustedSandbox({ stateFile });
  const { client } = await linkedPhone(first, 'Shop');
  const contact = first.phones.create();
  contact.set({ receiptDelayMs: 3_600_000 });
  const sent = await client.socket.sendMessage(`${contact.number}@s.whatsapp.net`, { text: 'confirmed in an hour' });
  await inboxOf(contact, sent?.key.id ?? '');
  await first.stop();
  const second = await startTrustedSandbox({ stateFile, port: first.port });
  await client.reconnect();
  const confirmed = await client.status(sent?.key.id ?? '', proto.WebMessageInfo.Status.DELIVERY_ACK);
  expect(confirmed.id).toBe(sent?.key.id);
  await client.disconnect();
  await second.stop();
  await directory.remove();
});
