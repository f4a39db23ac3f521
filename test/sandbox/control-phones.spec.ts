import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DisconnectReason } from '@whiskeysockets/baileys';
import { z } from 'zod';
import { group } from '../../libs/whatsapp-sandbox/control/schemas/group.js';
import { message } from '../../libs/whatsapp-sandbox/control/schemas/message.js';
import { linkedDevice, phone } from '../../libs/whatsapp-sandbox/control/schemas/phone.js';
import { health } from '../../libs/whatsapp-sandbox/control/schemas/system.js';
import { eventually } from '../support/eventually.js';
import type { Api } from './support/api.js';
import { TestClient } from './support/client.js';
import { ControlledShop, jidOfNumber } from './support/controlled-shop.js';
import { waitUntil } from './support/wait-until.js';

describe('the control API for phones', () => {
  let scene: ControlledShop;
  let api: Api;
  let shop: string;
  let ada: string;

  beforeAll(async () => {
    scene = await ControlledShop.start();
    ({ api, shop, ada } = scene);
  });
  afterAll(() => scene.stop());

  it('creates phones with a given or a free number', async () => {
    const created = await api.call('POST', '/phones', { number: '+1 (555) 000-1111', name: 'Bob' });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/phones/15550001111');
    expect(phone.parse(created.body)).toMatchObject({ number: '15550001111', name: 'Bob', devices: [] });
    const again = await api.call('POST', '/phones', { number: '15550001111' });
    expect([again.status, again.body]).toMatchObject([409, { code: 'already_exists' }]);
    expect(phone.parse((await api.call('POST', '/phones')).body).number).toMatch(/^\d+$/);
    const nameless = await api.send('/phones', { number: '+1 (555) 000-2222' }, phone);
    expect(nameless).toMatchObject({ number: '15550002222', name: '+15550002222' });
  });

  it('shows settings and linked devices, for the number in any notation', async () => {
    const expected = {
      number: shop,
      name: 'Shop',
      online: true,
      devices: [{ device: 1, connected: true, waiting: 0 }],
    };
    const isConfirmed = () => scene.sandbox.phones.get(shop)?.devices()[0]?.waiting === 0;
    await waitUntil('the client has confirmed all stanzas', isConfirmed);
    for (const path of [shop, `+${shop}`, `%2B${shop}`]) {
      expect(await api.read(`/phones/${path}`, phone)).toMatchObject(expected);
    }
    expect(await api.read('/phones', z.array(phone))).toContainEqual(expect.objectContaining({ number: ada }));
  });

  it('changes settings', async () => {
    const change = { online: false, receipts: 'none', receiptDelayMs: 10, exists: true };
    const changed = await api.call('PATCH', `/phones/${ada}`, change);
    expect([changed.status, phone.parse(changed.body)]).toMatchObject([200, change]);
    const refused = await api.call('POST', `/phones/${ada}/messages`, { to: shop, type: 'text', text: 'hello?' });
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'phone_offline' }]);
    await scene.write('for later');
    expect(await scene.messagesOf(ada)).toEqual([]);
    await api.call('PATCH', `/phones/${ada}`, { online: true, receipts: 'delivered' });
    expect(await scene.received(ada, 'for later')).toHaveLength(1);
    await api.call('PATCH', `/phones/${ada}`, { exists: false });
    expect(await scene.client.socket.onWhatsApp(jidOfNumber(ada))).toEqual([]);
    await api.call('PATCH', `/phones/${ada}`, { exists: true });
  });

  it('sets other spellings of the number, and whether the LID is known', async () => {
    const created = await api.send('/phones', { number: '5215550001234', aliases: ['+52 555 000 1234'] }, phone);
    expect(created).toMatchObject({ aliases: ['525550001234'], lidKnown: true });
    expect(await api.read('/phones/525550001234', phone)).toMatchObject({ number: '5215550001234' });
    const change = { aliases: [], lidKnown: false };
    const changed = await api.call('PATCH', '/phones/5215550001234', change);
    expect([changed.status, phone.parse(changed.body)]).toMatchObject([200, change]);
    const taken = await api.call('PATCH', '/phones/5215550001234', { aliases: [shop] });
    expect([taken.status, taken.body]).toMatchObject([409, { code: 'already_exists' }]);
  });

  it('creates groups and changes their members', async () => {
    const path = `/phones/${ada}/groups`;
    const created = await api.send(path, { subject: 'Neighbours', participants: [`+${shop}`] }, group);
    expect(created.participants.map(({ number }) => number).sort()).toEqual([ada, shop].sort());
    await api.send(`/phones/${ada}/messages`, { to: created.jid, type: 'text', text: 'hello all' }, message);
    expect((await scene.client.received('hello all')).key.remoteJid).toBe(created.jid);
    const bob = { participants: ['15550001111'] };
    const grown = await api.send(`${path}/${created.jid}/participants`, { action: 'add', ...bob }, group);
    expect(grown.participants).toHaveLength(3);
    const renamed = await api.call('PATCH', `${path}/${created.jid}`, { subject: 'The house' });
    expect(group.parse(renamed.body).subject).toBe('The house');
    expect(await api.read('/groups', z.array(group))).toMatchObject([{ jid: created.jid, subject: 'The house' }]);
    expect(await api.read(`/phones/${shop}/groups`, z.array(group))).toHaveLength(1);
    expect((await api.call('DELETE', `${path}/${created.jid}`)).status).toBe(204);
    const refused = await api.call('PATCH', `${path}/${created.jid}`, { subject: 'Mine' });
    expect([refused.status, refused.body]).toMatchObject([403, { code: 'not_allowed' }]);
  });

  it('links by pairing code, and unlinks', async () => {
    const other = new TestClient(scene.sandbox.url).connect();
    await other.qr();
    const { number } = await api.send('/phones', {}, phone);
    const code = await other.socket.requestPairingCode(number);
    const enter = (entered: string) =>
      eventually(async () => {
        const answer = await api.call('POST', `/phones/${number}/enter-code`, { code: entered });
        return answer.status !== 404 && answer; // the client's request may not have arrived yet
      });
    const linked = await enter(`${code.slice(0, 4)}-${code.slice(4).toLowerCase()}`);
    const { device } = linkedDevice.parse(linked.body);
    await waitUntil('the client is told to restart', () => other.closedWith === 515);
    await other.reconnect();
    expect((await api.call('DELETE', `/phones/${number}/devices/${device}`)).status).toBe(204);
    expect(await other.closed()).toBe(DisconnectReason.loggedOut);
    expect((await api.call('DELETE', `/phones/${number}/devices/${device}`)).status).toBe(404);

    const wrong = new TestClient(scene.sandbox.url).connect();
    await wrong.qr();
    const wanted = await wrong.socket.requestPairingCode(number);
    const refused = await enter(wanted === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA');
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'wrong_code' }]);
    await wrong.disconnect();
  });

  it('answers with the health of the sandbox', async () => {
    const expected = { status: 'ok', url: scene.sandbox.url, connections: 1 };
    expect(await api.read('/health', health)).toMatchObject(expected);
  });

  it('can be stopped twice', async () => {
    await scene.control.stop();
    await expect(scene.control.stop()).resolves.toBeUndefined();
  });
});
