import { connect } from 'node:tls';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DisconnectReason, proto } from '@whiskeysockets/baileys';
import { Agent } from 'undici';
import { z } from 'zod';
import { faultKinds, startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { startControl, type Control } from '#lib/whatsapp-sandbox/control';
import { fault, mediaFaultKinds } from '../../libs/whatsapp-sandbox/control/schemas/fault.js';
import { group } from '../../libs/whatsapp-sandbox/control/schemas/group.js';
import { message } from '../../libs/whatsapp-sandbox/control/schemas/message.js';
import { linkedDevice, phone } from '../../libs/whatsapp-sandbox/control/schemas/phone.js';
import { health } from '../../libs/whatsapp-sandbox/control/schemas/system.js';
import { transcript } from '../../libs/whatsapp-sandbox/control/schemas/transcript.js';
import { eventually } from '../support/eventually.js';
import { Api } from './support/api.js';
import { TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { listen } from './support/events.js';

const { READ } = proto.WebMessageInfo.Status;
const pixelPng = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('the control API', () => {
  let sandbox: Sandbox;
  let control: Control;
  let api: Api;
  let client: TestClient;
  let dispatcher: Agent;
  let shop: string;
  let ada: string;

  const messagesOf = (number: string, query = '') => api.read(`/phones/${number}/messages${query}`, z.array(message));
  const received = async (number: string, text: string) => {
    await waitUntil(`${number} receives "${text}"`, () =>
      sandbox.phones
        .get(number)
        ?.messages()
        .some((each) => each.text === text),
    );
    const all = await messagesOf(number);
    return all.filter((each) => each.text === text);
  };
  const jid = (number: string) => `${number}@s.whatsapp.net`;
  /** Of the image that was sent. */
  const mediaHost = () => {
    const image = sandbox.phones
      .get(ada)
      ?.messages()
      .find(({ media }) => media);
    return new URL(image?.media?.url ?? '').host;
  };
  const write = async (text: string, to = ada, messageId?: string) =>
    (await client.socket.sendMessage(jid(to), { text }, messageId === undefined ? {} : { messageId }))?.key.id ?? '';

  beforeAll(async () => {
    sandbox = await startSandbox();
    control = await startControl(sandbox);
    dispatcher = new Agent({ connect: { ca: sandbox.caCertificate } });
    api = new Api(control.url);
    client = new TestClient(sandbox.url);
    ({ number: shop } = await api.send('/phones', { number: '+49 170 1234567', name: 'Shop' }, phone));
    ({ number: ada } = await api.send('/phones', { name: 'Ada' }, phone));
    client.connect();
    const linked = await api.send(`/phones/+${shop}/scan`, { qr: await client.qr() }, linkedDevice);
    expect(linked).toMatchObject({ device: 1, connected: false });
    await waitUntil('the client is told to restart', () => client.closedWith === 515);
    await client.reconnect();
  });
  afterEach(() => sandbox.faults.clear());
  afterAll(async () => {
    await client.disconnect();
    await dispatcher.destroy();
    await control.stop();
    await control.stop();
    await sandbox.stop();
  });

  it('creates phones, with the number and name that are asked for', async () => {
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

  it('shows phones with settings and linked devices, under the number in any notation', async () => {
    const expected = {
      number: shop,
      name: 'Shop',
      online: true,
      devices: [{ device: 1, connected: true, waiting: 0 }],
    };
    await waitUntil('the client has confirmed all', () => sandbox.phones.get(shop)?.devices()[0]?.waiting === 0);
    for (const path of [shop, `+${shop}`, `%2B${shop}`]) {
      expect(await api.read(`/phones/${path}`, phone)).toMatchObject(expected);
    }
    expect(await api.read('/phones', z.array(phone))).toContainEqual(expect.objectContaining({ number: ada }));
  });

  it('changes how a phone behaves', async () => {
    const change = { online: false, receipts: 'none', receiptDelayMs: 10, exists: true };
    const changed = await api.call('PATCH', `/phones/${ada}`, change);
    expect([changed.status, phone.parse(changed.body)]).toMatchObject([200, change]);
    const refused = await api.call('POST', `/phones/${ada}/messages`, { to: shop, type: 'text', text: 'hello?' });
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'phone_offline' }]);
    await write('for later');
    expect(await messagesOf(ada)).toEqual([]);
    await api.call('PATCH', `/phones/${ada}`, { online: true, receipts: 'delivered' });
    expect(await received(ada, 'for later')).toHaveLength(1);
    await api.call('PATCH', `/phones/${ada}`, { exists: false });
    expect(await client.socket.onWhatsApp(jid(ada))).toEqual([]);
    await api.call('PATCH', `/phones/${ada}`, { exists: true });
  });

  it.each([
    ['a string', 'Thank you!'],
    ['an object', { body: 'Thanks again!' }],
  ])('sends text that is given as %s', async (_what, text) => {
    const answer = await api.call('POST', `/phones/${ada}/messages`, { to: `+${shop}`, type: 'text', text });
    const words = typeof text === 'string' ? text : text.body;
    expect(answer.status).toBe(201);
    expect(message.parse(answer.body)).toMatchObject({ direction: 'outgoing', from: ada, to: shop, text: words });
    expect((await client.received(words)).key.remoteJid).toBe(jid(ada));
  });

  it('sends whatever else a phone can send, and gives files back', async () => {
    const to = shop;
    const bodies = [
      { type: 'image', image: { data: pixelPng, mimeType: 'image/png', caption: 'a pixel' } },
      { type: 'document', document: { data: pixelPng, fileName: 'pixel.html', mimeType: 'text/html' } },
      { type: 'audio', audio: { data: pixelPng, voice: true } },
      { type: 'video', video: { data: pixelPng } },
      { type: 'sticker', sticker: { data: pixelPng } },
      { type: 'location', location: { latitude: 52.5, longitude: 13.4, name: 'Here' } },
      { type: 'contact', contact: { name: 'Bob', phone: '+15550001111' } },
      { type: 'poll', poll: { question: 'When?', options: ['now', 'later'] } },
    ];
    const sent: z.output<typeof message>[] = [];
    for (const body of bodies) sent.push(await api.send(`/phones/${ada}/messages`, { to, ...body }, message));
    const target = await client.received('Thank you!');
    const messageId = target.key.id ?? '';
    const changes = [
      { type: 'reaction', reaction: { messageId, emoji: '👍' } },
      { type: 'edit', edit: { messageId, text: 'Thank you!!' } },
      { type: 'revoke', revoke: { messageId } },
    ];
    for (const body of changes) sent.push(await api.send(`/phones/${ada}/messages`, { to, ...body }, message));
    for (const { id } of sent) {
      await waitUntil(`the client receives ${id}`, () => client.messages.some(({ key }) => key.id === id));
    }
    expect(sent.map(({ type }) => type)).toEqual([...bodies, ...changes].map(({ type }) => type));

    const media = (index: number) => fetch(`${control.url}/phones/${shop}/messages/${sent[index]?.id}/media`);
    const image = await media(0);
    expect(image.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await image.arrayBuffer()).toString('base64')).toBe(pixelPng);
    const page = await media(1);
    expect(page.headers.get('content-type')).toBe('application/octet-stream');
    expect(page.headers.get('content-disposition')).toBe("fileHeaders; filename*=UTF-8''pixel.html");
    expect((await media(5)).status).toBe(404);
  });

  it('lists what was received, in order, duplicates marked, from a moment or a number on', async () => {
    await write('first', ada, 'REPEATED-ID');
    const [first] = await received(ada, 'first');
    await write('first', ada, 'REPEATED-ID');
    await waitUntil('it has come twice', () => sandbox.phones.get(ada)?.messages().at(-1)?.duplicate);
    const [, second] = await received(ada, 'first');
    expect(first).toMatchObject({
      id: 'REPEATED-ID',
      direction: 'incoming',
      from: shop,
      to: ada,
      chat: shop,
      type: 'text',
    });
    expect(first).not.toHaveProperty('duplicate');
    expect(second).toMatchObject({ id: 'REPEATED-ID', duplicate: true });
    expect(await messagesOf(ada, `?since=${first?.sequence}`)).toEqual([second]);
    expect(await messagesOf(ada, `?since=${second?.receivedAt}`)).toContainEqual(second);
    expect(await messagesOf(ada, '?since=2999-01-01')).toEqual([]);
    expect((await api.call('GET', `/phones/${ada}/messages?since=yesterday`)).status).toBe(400);
  });

  it('marks messages as read and as played', async () => {
    const id = await write('read me');
    await received(ada, 'read me');
    expect((await api.call('POST', `/phones/${ada}/messages/${id}/read`)).status).toBe(204);
    await client.status(id, READ);
    expect((await api.call('POST', `/phones/${ada}/messages/${id}/played`)).status).toBe(204);
    await client.status(id, proto.WebMessageInfo.Status.PLAYED);
    const unknown = await api.call('POST', `/phones/${ada}/messages/nothing/read`);
    expect([unknown.status, unknown.body]).toMatchObject([404, { code: 'not_found' }]);
  });

  it('makes groups and says who is in them', async () => {
    const path = `/phones/${ada}/groups`;
    const made = await api.send(path, { subject: 'Neighbours', participants: [`+${shop}`] }, group);
    expect(made.participants.map(({ number }) => number).sort()).toEqual([ada, shop].sort());
    await api.send(`/phones/${ada}/messages`, { to: made.jid, type: 'text', text: 'hello all' }, message);
    expect((await client.received('hello all')).key.remoteJid).toBe(made.jid);
    const bob = { participants: ['15550001111'] };
    const grown = await api.send(`${path}/${made.jid}/participants`, { action: 'add', ...bob }, group);
    expect(grown.participants).toHaveLength(3);
    const renamed = await api.call('PATCH', `${path}/${made.jid}`, { subject: 'The house' });
    expect(group.parse(renamed.body).subject).toBe('The house');
    expect(await api.read('/groups', z.array(group))).toMatchObject([{ jid: made.jid, subject: 'The house' }]);
    expect(await api.read(`/phones/${shop}/groups`, z.array(group))).toHaveLength(1);
    expect((await api.call('DELETE', `${path}/${made.jid}`)).status).toBe(204);
    const gone = await api.call('PATCH', `${path}/${made.jid}`, { subject: 'Mine' });
    expect([gone.status, gone.body]).toMatchObject([403, { code: 'not_allowed' }]);
  });

  it('switches faults on, lists them and switches them off', async () => {
    for (const kind of [...faultKinds, ...mediaFaultKinds]) {
      const number = (faultKinds as readonly string[]).includes(kind) ? { number: '+1 555 999 9999' } : {};
      const added = await api.call('POST', '/faults', { kind, count: 2, ...number });
      expect([added.status, fault.parse(added.body)]).toMatchObject([201, { kind, remaining: 2 }]);
    }
    const all = await api.read('/faults', z.array(fault));
    expect(all.map(({ kind }) => kind)).toEqual([...faultKinds, ...mediaFaultKinds]);
    expect(all[0]).toMatchObject({ number: '15559999999' });
    expect((await api.call('DELETE', '/faults')).status).toBe(204);
    expect(await api.read('/faults', z.array(fault))).toEqual([]);

    await api.send('/faults', { kind: 'nack', number: `+${shop}`, code: 463 }, fault);
    const id = await write('refused');
    expect((await client.ackOf(id)).attrs.error).toBe('463');
    await api.send('/faults', { kind: 'drop', number: shop }, fault);
    expect(await client.closed()).toBe(DisconnectReason.connectionClosed);
    await client.reconnect();
  });

  it('lets uploads fail', async () => {
    await api.send('/faults', { kind: 'upload-error', code: 507 }, fault);
    const upload = await fetch(`https://${mediaHost()}/mms/image/${'x'.repeat(43)}`, {
      method: 'POST',
      dispatcher,
    } as unknown as RequestInit);
    expect(upload.status).toBe(507);
    const wrong = await api.call('POST', '/faults', { kind: 'upload-hang', number: shop });
    expect([wrong.status, wrong.body]).toMatchObject([400, { code: 'invalid_argument' }]);
  });

  it('tells what changes, as it happens', async () => {
    const stream = await listen(`${control.url}/events`);
    const told = (event: string, detail: string) =>
      waitUntil(`it tells of ${event} ${detail}`, () =>
        stream.events.some((each) => each.event === event && JSON.stringify(each.data).includes(detail)),
      );
    const { id } = await api.send(`/phones/${ada}/messages`, { to: shop, type: 'text', text: 'live' }, message);
    await told('message', id);
    await told('message', '"status":"delivered"');
    await api.call('PATCH', `/phones/${ada}`, { online: false });
    await told('phone', '"online":false');
    await api.call('PATCH', `/phones/${ada}`, { online: true });
    await api.send('/faults', { kind: 'nack', number: ada }, fault);
    await told('faults', '"kind":"nack"');
    await stream.stop();
  });

  it('records a transcript while it is switched on', async () => {
    expect(await api.read('/transcript', transcript)).toEqual({ enabled: false, entries: [] });
    await api.call('PUT', '/transcript', { enabled: true, capacity: 50 });
    const id = await write('on the record');
    await client.ackOf(id);
    const { entries } = await api.read('/transcript', transcript);
    expect(entries).toContainEqual(
      expect.objectContaining({
        direction: 'in',
        client: { number: shop, device: 1 },
        stanza: expect.objectContaining({ tag: 'message' }),
      }),
    );
    expect((await api.call('DELETE', '/transcript')).status).toBe(204);
    await api.call('PUT', '/transcript', { enabled: false });
    await client.ackOf(await write('off the record'));
    expect(await api.read('/transcript', transcript)).toEqual({ enabled: false, entries: [] });
  });

  it('gives the certificate authority that vouches for the media server', async () => {
    const answer = await api.call('GET', '/ca.pem');
    expect(answer.headers.get('content-type')).toBe('application/x-pem-file');
    const { hostname, port } = new URL(`https://${mediaHost()}`);
    const socket = connect({ host: hostname, port: Number(port), ca: String(answer.body) });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it('says that it is well', async () => {
    expect(await api.read('/health', health)).toMatchObject({ status: 'ok', url: sandbox.url, connections: 1 });
  });

  it('links by pairing code, and unlinks', async () => {
    const other = new TestClient(sandbox.url).connect();
    await other.qr();
    const { number } = await api.send('/phones', {}, phone);
    const code = await other.socket.requestPairingCode(number);
    const enter = (written: string) =>
      eventually(async () => {
        const answer = await api.call('POST', `/phones/${number}/enter-code`, { code: written });
        return answer.status !== 404 && answer; // the request may still be on its way
      });
    const linked = await enter(`${code.slice(0, 4)}-${code.slice(4).toLowerCase()}`);
    const { device } = linkedDevice.parse(linked.body);
    await waitUntil('the client is told to restart', () => other.closedWith === 515);
    await other.reconnect();
    expect((await api.call('DELETE', `/phones/${number}/devices/${device}`)).status).toBe(204);
    expect(await other.closed()).toBe(DisconnectReason.loggedOut);
    expect((await api.call('DELETE', `/phones/${number}/devices/${device}`)).status).toBe(404);

    const wrong = new TestClient(sandbox.url).connect();
    await wrong.qr();
    const wanted = await wrong.socket.requestPairingCode(number);
    const refused = await enter(wanted === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA');
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'wrong_code' }]);
    await wrong.disconnect();
  });
});
