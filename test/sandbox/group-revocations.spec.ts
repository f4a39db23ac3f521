import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { linkedPhone, type TestClient } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';
import { MessageStanzas } from './support/stanzas.js';

describe('a message in a group', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let client: TestClient;
  let stanzas: MessageStanzas;
  let admin: Phone;
  let author: Phone;
  let member: Phone;
  let group: string;

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    ({ phone: owner, client } = await linkedPhone(sandbox, 'Shop'));
    stanzas = new MessageStanzas(client);
    [admin, author, member] = [sandbox.phones.create(), sandbox.phones.create(), sandbox.phones.create()];
    const participants = [owner, author, member].map(({ number }) => number);
    group = admin.groups.create({ subject: 'Neighbours', participants }).jid;
  });
  afterAll(async () => {
    await client.disconnect();
    await sandbox.stop();
  });

  const say = async (text: string) => {
    const { id } = await author.send({ to: group, type: 'text', text });
    return { id, key: (await client.received(text)).key };
  };
  /** How WhatsApp marks the revocation. */
  const revoke = async (phone: Phone, messageId: string): Promise<string | undefined> => {
    const { id } = await phone.send({ to: group, type: 'revoke', messageId });
    return (await stanzas.withId(id)).attrs.edit;
  };

  it('is revoked by its author, by an admin, which WhatsApp marks, or by a member who forges it', async () => {
    expect(await revoke(author, (await say('by the author')).id)).toBe('7');
    expect(await revoke(admin, (await say('by an admin')).id)).toBe('8');
    expect(await revoke(member, (await say('by a member')).id)).toBe('7');
  });

  it('is not revoked for others by a client that is no admin', async () => {
    const { key } = await say('of somebody else');
    const sent = await client.socket.sendMessage(group, { delete: key });
    expect((await client.ackOf(sent?.key.id ?? '')).attrs.error).toBe('403');
    admin.groups.promote(group, owner.number);
    const allowed = await client.socket.sendMessage(group, { delete: key });
    expect((await client.ackOf(allowed?.key.id ?? '')).attrs.error).toBeUndefined();
  });

  it('is refused by a group that does not exist', async () => {
    const sending = client.socket.sendMessage('120363000000000000@g.us', { text: 'anybody?' });
    await expect(sending).rejects.toMatchObject({ data: 404 });
  });
});
