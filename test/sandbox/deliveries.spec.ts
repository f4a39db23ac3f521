import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto, type WAMessage } from '@whiskeysockets/baileys';
import type { Phone, PhoneMessage, Sandbox } from '#lib/whatsapp-sandbox';
import { linkedPhone, messageText, type TestClient } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';
import { MessageStanzas } from './support/stanzas.js';
import { waitUntil } from './support/wait-until.js';

const { CIPHERTEXT } = proto.WebMessageInfo.StubType;

describe('a message that does not reach linked clients in the normal way', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let client: TestClient;
  let stanzas: MessageStanzas;
  let contact: Phone;

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    ({ phone: owner, client } = await linkedPhone(sandbox, 'Shop'));
    stanzas = new MessageStanzas(client);
    contact = sandbox.phones.create({ name: 'Ada' });
  });
  afterAll(async () => {
    await client.disconnect();
    await sandbox.stop();
  });

  type Content = Parameters<Phone['send']>[0];
  const send = (content: Partial<Content>): Promise<PhoneMessage> =>
    contact.send({ to: owner.number, type: 'text', ...content } as Content);
  const seen = (id: string): readonly WAMessage[] => client.messages.filter(({ key }) => key.id === id);
  const phoneHas = (id: string) => waitUntil('the phone has it', () => owner.messages().find((each) => each.id === id));

  it('is withheld until it is resent, so that an edit and a revocation arrive before it', async () => {
    const { id, delivery } = await send({ text: 'first words', delivery: 'withheld' });
    expect(delivery).toBe('withheld');
    const edit = await send({ type: 'edit', messageId: id, text: 'last words' } as Content);
    await stanzas.withId(edit.id);
    const revocation = await send({ type: 'revoke', messageId: id } as Content);
    await stanzas.withId(revocation.id);
    expect(seen(id)).toEqual([]);
    await contact.resend(id, '2026-01-02T03:04:05Z');
    const late = await client.received('first words');
    expect(late).toMatchObject({ key: { id }, messageTimestamp: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000 });
    expect(contact.messages().find((each) => each.id === id)?.delivery).toBeUndefined();
    const order = owner.messages().map((each) => each.id);
    await phoneHas(id);
    expect(order.indexOf(edit.id)).toBeGreaterThanOrEqual(0);
  });

  it('is undecryptable, however often it is requested, until it is resent', async () => {
    const { id } = await send({ text: 'at last', delivery: 'undecryptable' });
    const [stub] = await waitUntil('the client cannot decrypt it', () => seen(id).length > 0 && seen(id));
    expect(stub?.messageStubType).toBe(CIPHERTEXT);
    const next = await send({ text: 'the next one' });
    await client.received('the next one');
    await phoneHas(next.id);
    expect(owner.messages().some((each) => each.id === id)).toBe(false);
    await contact.resend(id);
    expect((await client.received('at last')).key.id).toBe(id);
    await phoneHas(id);
  });

  it('is a notice of a view-once message, and may become readable', async () => {
    const { id } = await send({ text: 'seen once', delivery: 'view-once' });
    const notice = await stanzas.withId(id);
    expect(notice.content).toMatchObject([{ tag: 'unavailable', attrs: { type: 'view_once' } }]);
    expect((await phoneHas(id)).text).toBe('seen once');
    const [placeholder] = await waitUntil('the client has it', () => seen(id).length > 0 && seen(id));
    expect(placeholder?.key.isViewOnce).toBe(true);
    expect(placeholder?.message ?? undefined).toBeUndefined();
    await contact.resend(id);
    await client.received('seen once');
  });

  it('is a notice, after which the client gets the message from its own phone', async () => {
    const { id } = await send({ text: 'ask your phone', delivery: 'unavailable' });
    expect((await stanzas.withId(id)).content).toMatchObject([{ tag: 'unavailable', attrs: {} }]);
    expect((await client.received('ask your phone')).key.id).toBe(id);
    expect(seen(id).map(messageText)).toEqual([undefined, 'ask your phone']);
  });

  it('has the id and time that the sender chooses', async () => {
    const { id } = await send({ text: 'odd', id: 'an-odd.id', sentAt: '1999-12-31T23:59:59Z' });
    expect(id).toBe('an-odd.id');
    const { key, messageTimestamp } = await client.received('odd');
    expect([key.id, messageTimestamp]).toEqual([id, Date.UTC(1999, 11, 31, 23, 59, 59) / 1000]);
    for (const invalid of ['with space', 'a@b', 'x'.repeat(129), 'constructor', '']) {
      await expect(send({ text: 'never', id: invalid })).rejects.toMatchObject({ code: 'invalid_argument' });
    }
  });

  it('comes from a broadcast list', async () => {
    const { id } = await send({ text: 'to all my customers', broadcastList: true });
    const { key, broadcast } = await client.received('to all my customers');
    expect(broadcast).toBe(true);
    expect(key).toMatchObject({ id, participant: `${contact.number}@s.whatsapp.net`, fromMe: false });
    expect(key.remoteJid).toMatch(/^\d+@broadcast$/);
    await waitUntil('it is confirmed', () => contact.messages().find((each) => each.id === id)?.status === 'delivered');
    const { jid: group } = contact.groups.create({ subject: 'Us', participants: [owner.number] });
    await expect(send({ to: group, text: 'no', broadcastList: true })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });

  it('is requested again by a phone that has it, which the sender answers', async () => {
    const sent = await client.socket.sendMessage(`${contact.number}@s.whatsapp.net`, { text: 'twice' });
    const id = sent?.key.id ?? '';
    const copies = () => contact.messages().filter((each) => each.id === id);
    await waitUntil('it has arrived', () => copies().length === 1);
    contact.requestAgain(id);
    await waitUntil('it has arrived twice', () => copies().length === 2);
    expect(copies()[1]).toMatchObject({ text: 'twice', duplicate: true });
    const { id: own } = await send({ text: 'mine' });
    expect(() => contact.requestAgain(own)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});
