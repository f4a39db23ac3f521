import './support/strict-signatures.js';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getBinaryNodeChild, getBinaryNodeChildren, USyncQuery, USyncUser } from '@whiskeysockets/baileys';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { inboxOf, jid, linkedPhone, type TestClient } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';
import { MessageStanzas } from './support/stanzas.js';
import { waitUntil } from './support/wait-until.js';

describe('the identities of a phone', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let client: TestClient;
  let stanzas: MessageStanzas;

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    ({ phone: owner, client } = await linkedPhone(sandbox, 'Shop'));
    stanzas = new MessageStanzas(client);
  });
  afterAll(async () => {
    await client.disconnect();
    await sandbox.stop();
  });

  describe('with another spelling of its number', () => {
    it.each([
      ['Mexico, without the 1', '5215550001234', '525550001234'],
      ['Brazil, without the ninth digit', '5511987654321', '551187654321'],
      ['Argentina, without the 9', '5491155556666', '541155556666'],
    ])('are looked up, and answer, under the number itself: %s', async (_where, number, alias) => {
      const phone = sandbox.phones.create({ number, aliases: [`+${alias}`] });
      expect(phone.aliases).toEqual([alias]);
      const [found] = (await client.socket.onWhatsApp(alias)) ?? [];
      expect(found).toEqual({ jid: jid(phone), exists: true });
      const sent = await client.socket.sendMessage(found?.jid ?? '', { text: `hello ${number}` });
      await inboxOf(phone, sent?.key.id ?? '');
      await phone.send({ to: owner.number, type: 'text', text: `hi from ${number}` });
      expect((await client.received(`hi from ${number}`)).key.remoteJid).toBe(jid(phone));
      expect(sandbox.phones.get(alias)).toBe(phone);
      expect(sandbox.phones.list().map((each) => each.number)).not.toContain(alias);
    });

    it('must not be in use', () => {
      const phone = sandbox.phones.create({ number: '5215550009999', aliases: ['525550009999'] });
      const taken = expect.objectContaining({ code: 'already_exists' });
      expect(() => sandbox.phones.create({ number: '525550009999' })).toThrow(taken);
      expect(() => sandbox.phones.create({ aliases: ['5215550009999'] })).toThrow(taken);
      expect(() => owner.setAliases(['525550009999'])).toThrow(taken);
      expect(() => owner.setAliases(['nobody'])).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
      phone.setAliases([]);
      expect(sandbox.phones.get('525550009999')).toBeUndefined();
      owner.setAliases(['525550009999']);
      expect(sandbox.phones.get('525550009999')).toBe(owner);
    });
  });

  it('are left out of look-ups by number where these are not answered, and found by their address', async () => {
    const phone = sandbox.phones.create();
    phone.set({ lookUpsAnswered: false });
    const found = async (user: USyncUser): Promise<number | undefined> =>
      (await client.socket.executeUSyncQuery(new USyncQuery().withContactProtocol().withUser(user)))?.list.length;
    expect(await found(new USyncUser().withPhone(`+${phone.number}`))).toBe(0);
    expect(await found(new USyncUser().withId(jid(phone)))).toBe(1);
    phone.set({ lookUpsAnswered: true });
    expect(await found(new USyncUser().withPhone(`+${phone.number}`))).toBe(1);
  });

  describe('without a known LID', () => {
    const lidOf = async (phone: Phone): Promise<unknown> => {
      const query = new USyncQuery().withLIDProtocol().withUser(new USyncUser().withId(jid(phone)));
      const answer = await client.socket.executeUSyncQuery(query);
      return answer?.list[0]?.['lid'];
    };

    it('are looked up and received without it until it is known', async () => {
      const phone = sandbox.phones.create();
      phone.set({ lidKnown: false });
      expect(await lidOf(phone)).toBeUndefined();
      const hidden = await phone.send({ to: owner.number, type: 'text', text: 'without a LID' });
      expect((await stanzas.withId(hidden.id)).attrs).not.toHaveProperty('sender_lid');
      await client.received('without a LID');
      const byLid = phone.send({ to: owner.number, type: 'text', text: 'by LID', addressing: 'lid' });
      await expect(byLid).rejects.toMatchObject({ code: 'invalid_argument' });

      phone.set({ lidKnown: true });
      expect(await lidOf(phone)).toBe(`${phone.lid}@lid`);
      const shown = await phone.send({ to: owner.number, type: 'text', text: 'with a LID' });
      expect((await stanzas.withId(shown.id)).attrs).toMatchObject({ sender_lid: `${phone.lid}@lid` });
    });
  });

  it('include devices without keys, which do not stop a message for the others', async () => {
    const contact = sandbox.phones.create();
    contact.set({ keylessDevices: [7] });
    expect((await client.socket.getUSyncDevices([jid(contact)], false, false)).map(({ device }) => device)).toEqual([
      0, 7,
    ]);
    const answer = await client.socket.query({
      tag: 'iq',
      attrs: { to: '@s.whatsapp.net', type: 'get', xmlns: 'encrypt' },
      content: [
        {
          tag: 'key',
          attrs: {},
          content: [0, 7].map((id) => ({ tag: 'user', attrs: { jid: `${contact.number}:${id}@s.whatsapp.net` } })),
        },
      ],
    });
    const users = getBinaryNodeChildren(getBinaryNodeChild(answer, 'list'), 'user');
    expect(users.map((user) => getBinaryNodeChild(user, 'error')?.attrs.code)).toEqual([undefined, '404']);
    contact.set({ keylessDevices: [] });
    const devices = () => client.socket.getUSyncDevices([jid(contact)], false, false);
    expect((await devices()).map(({ device }) => device)).toEqual([0]);
  });

  it('are restricted as a whole: WhatsApp says so on request', async () => {
    expect(await client.socket.fetchAccountReachoutTimelock()).toMatchObject({ isActive: false });
    owner.set({ restricted: true });
    const restriction = await client.socket.fetchAccountReachoutTimelock();
    expect(restriction.isActive).toBe(true);
    expect(restriction.timeEnforcementEnds?.getTime()).toBeGreaterThan(Date.now());
    owner.set({ restricted: false });
  });

  it('of the other party are in the copies that the own phone sends to its clients', async () => {
    const contact = sandbox.phones.create();
    const byLid = await owner.send({ to: contact.number, type: 'text', text: 'own, by LID', addressing: 'lid' });
    const lidCopy = await stanzas.withId(byLid.id);
    expect(lidCopy.attrs).toMatchObject({
      from: `${owner.lid}@lid`,
      recipient: `${contact.lid}@lid`,
      peer_recipient_pn: jid(contact),
      addressing_mode: 'lid',
    });
    expect(lidCopy.attrs).not.toHaveProperty('sender_pn');
    expect((await client.received('own, by LID')).key).toMatchObject({
      fromMe: true,
      remoteJid: `${contact.lid}@lid`,
      remoteJidAlt: jid(contact),
    });

    const byNumber = await owner.send({ to: contact.number, type: 'text', text: 'own, by number' });
    const numberCopy = await stanzas.withId(byNumber.id);
    expect(numberCopy.attrs).toMatchObject({ recipient: jid(contact), peer_recipient_lid: `${contact.lid}@lid` });
    expect(numberCopy.attrs).not.toHaveProperty('sender_lid');
  });

  it('survive a restart of the sandbox', async () => {
    const directory = await temporaryDirectory();
    const stateFile = join(directory.path, 'state.json');
    const first = await startTrustedSandbox({ stateFile });
    const { number } = first.phones.create({ aliases: ['525550007777'] });
    first.phones.get(number)?.set({ lidKnown: false });
    await first.stop();
    const second = await startTrustedSandbox({ stateFile });
    const restored = await waitUntil('the phone is restored', () => second.phones.get('525550007777'));
    expect(restored).toMatchObject({ number, aliases: ['525550007777'], settings: { lidKnown: false } });
    await second.stop();
    await directory.remove();
  });
});
