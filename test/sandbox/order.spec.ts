import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BinaryNode } from '@whiskeysockets/baileys';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { linkedPhone, TestClient, messageText } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { startTrustedSandbox } from './support/sandbox.js';

const messageCount = 30;

describe('messages that a phone sends in quick succession', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let clients: readonly TestClient[];
  /** Ids in the order in which they arrived over the wire, whatever the client does with them. */
  const arrived = new Map<TestClient, string[]>();

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    const linked = await linkedPhone(sandbox, 'Shop');
    owner = linked.phone;
    clients = [linked.client, await new TestClient(sandbox.url).link(owner)];
    for (const client of clients) watch(client);
  });
  afterAll(async () => {
    for (const client of clients) await client.disconnect();
    await sandbox.stop();
  });

  const watch = (client: TestClient): void => {
    const ids = arrived.get(client) ?? [];
    arrived.set(client, ids);
    client.socket.ws.on('CB:message', ({ attrs }: BinaryNode) => ids.push(attrs.id ?? ''));
  };
  const write = (phone: Phone, count: number): Promise<string>[] =>
    Array.from({ length: count }, async (_, index) => {
      const { id } = await phone.send({ to: owner.number, type: 'text', text: `${phone.number}: ${index}` });
      return id;
    });
  /** Waits until all ids have arrived at the client. Returns them in order of arrival. */
  const arrivals = (client: TestClient, ids: readonly string[]): Promise<readonly string[]> =>
    waitUntil('all of it arrives', () => {
      const mine = arrived.get(client)?.filter((id) => ids.includes(id)) ?? [];
      return mine.length >= ids.length && mine;
    });

  it('reach every client in order, including the first messages of a contact', async () => {
    const strangers = Array.from({ length: 5 }, () => sandbox.phones.create());
    const sent = strangers.map((phone) => write(phone, messageCount));
    for (const each of sent) {
      const ids = await Promise.all(each);
      for (const client of clients) expect(await arrivals(client, ids)).toEqual(ids);
    }
  });

  it('reach a client that reconnects meanwhile in order and once', async () => {
    const [client] = clients;
    const contact = sandbox.phones.create();
    await client!.disconnect();
    const ids = await Promise.all(write(contact, messageCount));
    client!.connect();
    watch(client!);
    while (!client!.caughtUp) {
      ids.push(...(await Promise.all(write(contact, 1))));
      await setImmediate();
    }
    ids.push(...(await Promise.all(write(contact, messageCount))));
    expect(await arrivals(client!, ids)).toEqual(ids);
    const texts = (): readonly string[] => client!.messages.flatMap((message) => messageText(message) ?? []);
    await waitUntil(
      'all of it is read',
      () => texts().filter((text) => text.startsWith(`${contact.number}:`)).length === ids.length,
    );
  });
});
