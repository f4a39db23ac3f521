import './support/strict-signatures.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DisconnectReason,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  proto,
  type BinaryNode,
} from '@whiskeysockets/baileys';
import { WebSocket } from 'ws';
import { faultKinds, type FaultKind, type FaultRule, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { connectionFaultKinds } from '../../libs/whatsapp-sandbox/faults.js';
import { jid, linkedPhone, TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { startTrustedSandbox } from './support/sandbox.js';

describe('faults', () => {
  let sandbox: Sandbox;
  let owner: Phone;
  let client: TestClient;
  let contact: Phone;
  const tried = new Set<FaultKind>();

  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
    ({ phone: owner, client } = await linkedPhone(sandbox, 'Shop', { keepAliveIntervalMs: 500 }));
    contact = sandbox.phones.create();
  });
  afterEach(() => sandbox.faults.clear());
  afterAll(async () => {
    await client.disconnect();
    await sandbox.stop();
  });

  const add = (...[rule]: Parameters<Sandbox['faults']['add']>): void => {
    tried.add(rule.kind);
    sandbox.faults.add(rule);
  };
  const send = async (text: string): Promise<string> =>
    (await client.socket.sendMessage(jid(contact), { text }))?.key.id ?? '';
  const arrives = (id: string): Promise<unknown> =>
    waitUntil(`${id} arrives`, () => contact.messages().some((message) => message.id === id));

  it.each<[FaultKind, number, number | undefined]>([
    ['drop', DisconnectReason.connectionClosed, undefined],
    ['replaced', DisconnectReason.connectionReplaced, undefined],
    ['stream-error', 503, undefined],
    ['stream-error', 515, 515],
  ])('%s ends the connection with %i, once', async (kind, reason, code) => {
    add({ kind, number: owner.number, ...(code !== undefined && { code }) });
    expect(await client.closed()).toBe(reason);
    expect(sandbox.faults.list()).toEqual([]);
    await client.reconnect();
    await arrives(await send(`after ${kind}`));
  });

  it('happen again after the next login until their count is used up', async () => {
    add({ kind: 'drop', number: owner.number, count: 2 });
    await client.closed();
    expect(sandbox.faults.list()).toMatchObject([{ kind: 'drop', remaining: 1 }]);
    await client.connect().closed();
    expect(sandbox.faults.list()).toEqual([]);
    await client.reconnect();
  });

  it('do not affect other accounts', async () => {
    const somebody = sandbox.phones.create();
    for (const kind of faultKinds) sandbox.faults.add({ kind, number: somebody.number });
    const id = await send('not me');
    await arrives(id);
    expect((await client.ackOf(id)).attrs.error).toBeUndefined();
    expect(await client.socket.onWhatsApp(contact.number)).toHaveLength(1);
    await client.disconnect();
    await client.reconnect();
    expect(sandbox.faults.list().map(({ kind }) => kind)).toEqual(faultKinds);
  });

  it.each(connectionFaultKinds.filter((kind) => kind !== 'logged-out' && kind !== 'devices-changed'))(
    '%s applies to any account if it has no number',
    async (kind) => {
      add({ kind, ...(kind === 'freeze' && { ms: 6_500 }) });
      await client.closed();
      expect(sandbox.faults.list()).toEqual([]);
      await client.reconnect();
      await arrives(await send(`after ${kind} for anybody`));
    },
  );

  it('freeze is noticed by the client, and a short one only delays', async () => {
    add({ kind: 'freeze', ms: 300 });
    const id = await send('sent during the freeze');
    await arrives(id);
    await client.ackOf(id);
    add({ kind: 'freeze', ms: 6_500 }); // the closing handshake of the client waits for the thaw
    expect(await client.closed()).toBe(DisconnectReason.connectionLost);
    await client.reconnect();
  });

  it('refuse and upgrade-error reject all clients or those of one account', async () => {
    add({ kind: 'refuse' });
    const refused = new WebSocket(sandbox.url);
    await expect(new Promise((_, reject) => refused.once('error', reject))).rejects.toThrow('socket hang up');
    add({ kind: 'upgrade-error', code: 429 });
    const failed = new WebSocket(sandbox.url);
    await expect(new Promise((_, reject) => failed.once('error', reject))).rejects.toThrow('429');
    await client.disconnect();
    add({ kind: 'refuse', number: owner.number });
    expect(await client.connect().closed()).toBe(DisconnectReason.connectionClosed);
    add({ kind: 'upgrade-error', number: owner.number, code: 503 });
    expect(await client.connect().closed()).toBe(503);
    await client.reconnect();
  });

  it('slow-ack delivers at once and delays the ack', async () => {
    const isAcked = (id: string) => client.acks.some(({ attrs }) => attrs.id === id);
    const ackedOnArrival: boolean[] = [];
    const unsubscribe = contact.onMessage(({ id }) => ackedOnArrival.push(isAcked(id)));
    add({ kind: 'slow-ack', ms: 400 });
    const start = performance.now();
    const id = await send('slow');
    await client.ackOf(id);
    expect(performance.now() - start).toBeGreaterThanOrEqual(390);
    await arrives(id);
    expect(ackedOnArrival).toEqual([false]);
    unsubscribe();
  });

  it('lose-ack delivers and sends no ack', async () => {
    add({ kind: 'lose-ack' });
    const id = await send('lost');
    await arrives(id);
    await client.ackOf(await send('not lost'));
    expect(client.acks.some(({ attrs }) => attrs.id === id)).toBe(false);
  });

  it('lose-receipt drops the receipt of a client, so that the message stays queued', async () => {
    add({ kind: 'lose-receipt', number: owner.number });
    const { id } = await contact.send({ to: owner.number, type: 'text', text: 'unconfirmed' });
    await waitUntil('the receipt is lost', () => sandbox.faults.list().length === 0);
    await client.received('unconfirmed');
    expect(owner.devices()[0]?.waiting).toBeGreaterThanOrEqual(1);
    expect(owner.messages().filter((message) => message.id === id)).toHaveLength(1);
  });

  it('join-receipts sends the receipts for a message to a group as one', async () => {
    const other = sandbox.phones.create();
    const { jid: to } = contact.groups.create({ subject: 'Walkers', participants: [owner.number, other.number] });
    const receipts: BinaryNode[] = [];
    client.socket.ws.on('CB:receipt', (node: BinaryNode) => receipts.push(node));
    add({ kind: 'join-receipts', number: owner.number });
    const id = (await client.socket.sendMessage(to, { text: 'to both' }))?.key.id;
    const joined = await waitUntil('they are joined', () => receipts.find(({ attrs }) => attrs.from === to));
    expect(joined.attrs.participant).toBeUndefined();
    const participants = getBinaryNodeChild(joined, 'participants');
    expect(participants?.attrs.key).toBe(id);
    const jids = getBinaryNodeChildren(participants, 'user').map(({ attrs }) => attrs.jid);
    const addresses = [contact, other].flatMap((phone) => [jid(phone), `${phone.lid}@lid`]);
    expect(jids).toHaveLength(2);
    expect(addresses).toEqual(expect.arrayContaining(jids));
  });

  it.each([undefined, 400, 463, 479, 500])('nack %s rejects the message and delivers nothing', async (code) => {
    add({ kind: 'nack', number: owner.number, ...(code !== undefined && { code }) });
    const id = await send('refused');
    expect((await client.ackOf(id)).attrs.error).toBe(String(code ?? 479));
    await client.status(id, proto.WebMessageInfo.Status.ERROR);
    await arrives(await send('accepted'));
    expect(contact.messages().some((message) => message.id === id)).toBe(false);
  });

  it('nack can depend on how the recipient is addressed', async () => {
    const to = { pn: jid(contact), lid: `${contact.lid}@lid` };
    const errorOf = async (addressing: 'pn' | 'lid') => {
      const sent = await client.socket.sendMessage(to[addressing], { text: `by ${addressing}` });
      return (await client.ackOf(sent?.key.id ?? '')).attrs.error;
    };
    add({ kind: 'nack', number: owner.number, code: 463, addressing: 'lid' });
    expect(await errorOf('pn')).toBeUndefined();
    expect(await errorOf('lid')).toBe('463');
    add({ kind: 'nack', number: owner.number, code: 475, addressing: 'pn' });
    expect(await errorOf('lid')).toBeUndefined();
    expect(await errorOf('pn')).toBe('475');
  });

  it('devices-changed tells the client that the devices of its contacts have changed', async () => {
    await arrives(await send('so that the devices were looked up'));
    const changed: unknown[] = [];
    client.socket.ws.on('CB:notification,type:devices', ({ attrs }: BinaryNode) => changed.push(attrs.from));
    add({ kind: 'devices-changed', number: owner.number });
    await waitUntil('the client is told', () => changed.includes(jid(contact)));
  });

  it('no-keys answers a request for the keys of a device with an error', async () => {
    add({ kind: 'no-keys', number: contact.number });
    const keysOf = async (): Promise<BinaryNode | undefined> => {
      const user = { tag: 'user', attrs: { jid: jid(contact) } };
      const attrs = { to: '@s.whatsapp.net', type: 'get', xmlns: 'encrypt' };
      const answer = await client.socket.query({
        tag: 'iq',
        attrs,
        content: [{ tag: 'key', attrs: {}, content: [user] }],
      });
      return getBinaryNodeChild(getBinaryNodeChild(answer, 'list'), 'user');
    };
    expect(getBinaryNodeChild(await keysOf(), 'error')?.attrs.code).toBe('404');
    expect(getBinaryNodeChild(await keysOf(), 'identity')).toBeDefined();
  });

  it('renew-qr asks a client for a QR code with a new secret', async () => {
    const waiting = new TestClient(sandbox.url).connect();
    await waiting.qr();
    let isAsked = false;
    waiting.socket.ws.on('CB:notification,type:companion_reg_refresh', () => (isAsked = true));
    add({ kind: 'renew-qr' });
    await waitUntil('the client is asked', () => isAsked);
    await waiting.disconnect();
  });

  it('refuse-code refuses a request for a pairing code', async () => {
    const phone = sandbox.phones.create();
    const waiting = new TestClient(sandbox.url).connect();
    await waiting.qr();
    const codes: (string | undefined)[] = [];
    const note = (iq: BinaryNode): unknown => codes.push(getBinaryNodeChild(iq, 'error')?.attrs.code);
    waiting.socket.ws.on('CB:iq,type:error', note);
    add({ kind: 'refuse-code', number: phone.number });
    const code = await waiting.socket.requestPairingCode(phone.number);
    await waitUntil('the request is refused', () => codes.includes('429'));
    await expect(phone.enterCode(code)).rejects.toMatchObject({ code: 'not_found' });
    await waiting.disconnect();
  });

  it.each<[string, () => FaultRule]>([
    ['of the sender', () => ({ kind: 'retry', number: owner.number })],
    ['of the receiver, twice', () => ({ kind: 'retry', number: contact.number, count: 2 })],
    ['of nobody', () => ({ kind: 'retry' })],
  ])('retry with the number %s makes the client resend the message once', async (_who, rule) => {
    add(rule());
    const id = await send('say again?');
    await arrives(id);
    const copies = contact.messages().filter((message) => message.id === id);
    expect(copies).toMatchObject([{ text: 'say again?' }]);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('rate-limit refuses a look-up', async () => {
    add({ kind: 'rate-limit' });
    await expect(client.socket.onWhatsApp(contact.number)).rejects.toMatchObject({ data: 429 });
    expect(await client.socket.onWhatsApp(contact.number)).toHaveLength(1);
  });

  it('of group members refuse a change, or lose the answer to it', async () => {
    const { id } = await client.socket.groupCreate('Faulty', [jid(contact)]);
    const change = (action: 'promote' | 'demote') => client.socket.groupParticipantsUpdate(id, [jid(contact)], action);
    add({ kind: 'refuse-members', number: owner.number, code: 429, action: 'promote' });
    expect(await change('demote')).toMatchObject([{ status: '200' }]);
    await expect(change('promote')).rejects.toMatchObject({ data: 429 });
    add({ kind: 'lose-members', action: 'promote' });
    const [answer, closed] = [change('promote').catch(() => []), client.closed()];
    expect([await answer, await closed]).toEqual([[], 503]);
    await client.reconnect();
    expect(contact.groups.get(id).participants.map(({ role }) => role)).toEqual(['superadmin', 'admin']);
  });

  it('are validated when they are added', () => {
    expect(() => sandbox.faults.add({ kind: 'boom' as FaultKind })).toThrow('unknown fault kind boom');
    expect(() => sandbox.faults.add({ kind: 'drop', count: 0 })).toThrow('count');
    expect(() => sandbox.faults.add({ kind: 'slow-ack', ms: -1 })).toThrow('ms');
  });

  it('logged-out unlinks the client for good', async () => {
    add({ kind: 'logged-out', number: owner.number });
    expect(await client.closed()).toBe(DisconnectReason.loggedOut);
    expect(owner.devices()).toEqual([]);
    expect(await client.connect().closed()).toBe(DisconnectReason.loggedOut);
    expect([...tried].sort()).toEqual([...faultKinds].sort());
  });
});
