import './support/strict-signatures.js';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { inboxOf, jid, linkedPhone, TestClient } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';

let sandbox: Sandbox;
let contact: Phone;

beforeAll(async () => {
  sandbox = await startTrustedSandbox();
  contact = sandbox.phones.create();
});
afterAll(() => sandbox.stop());

const send = async (client: TestClient, text: string): Promise<string> =>
  (await client.socket.sendMessage(jid(contact), { text }))?.key.id ?? '';

it('what is still on its way when a device logs in again is not read', async () => {
  const { phone, client } = await linkedPhone(sandbox);
  await inboxOf(contact, await send(client, 'before'));
  sandbox.faults.add({ kind: 'freeze', number: phone.number, ms: 3_000 });
  await send(client, 'on the frozen line');
  const again = await new TestClient(sandbox.url, client.auth).reconnect();
  await inboxOf(contact, await send(again, 'on the new line'));
  await client.closed(); // its closing handshake ends after the thaw
  await inboxOf(contact, await send(again, 'after the thaw'));
  expect(contact.messages().map(({ text }) => text)).toEqual(['before', 'on the new line', 'after the thaw']);
  await again.disconnect();
});
