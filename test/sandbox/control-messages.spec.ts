import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proto } from '@whiskeysockets/baileys';
import type { z } from 'zod';
import { message } from '../../libs/whatsapp-sandbox/control/schemas/message.js';
import type { Api } from './support/api.js';
import { ControlledShop, jidOfNumber } from './support/controlled-shop.js';
import { waitUntil } from './support/wait-until.js';

const { PLAYED, READ } = proto.WebMessageInfo.Status;
const pixelPng = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('the control API for messages', () => {
  let scene: ControlledShop;
  let api: Api;
  let shop: string;
  let ada: string;

  beforeAll(async () => {
    scene = await ControlledShop.start();
    ({ api, shop, ada } = scene);
  });
  afterAll(() => scene.stop());

  const send = (body: object) => api.send(`/phones/${ada}/messages`, { to: shop, ...body }, message);
  const media = (number: string, id = '') => fetch(`${scene.control.url}/phones/${number}/messages/${id}/media`);

  it.each([
    ['a string', 'Thank you!'],
    ['an object', { body: 'Thanks again!' }],
  ])('sends text given as %s', async (_what, text) => {
    const answer = await api.call('POST', `/phones/${ada}/messages`, { to: `+${shop}`, type: 'text', text });
    const words = typeof text === 'string' ? text : text.body;
    expect(answer.status).toBe(201);
    expect(message.parse(answer.body)).toMatchObject({ direction: 'outgoing', from: ada, to: shop, text: words });
    expect((await scene.client.received(words)).key.remoteJid).toBe(jidOfNumber(ada));
  });

  it('sends all other kinds of messages, and returns decrypted files', async () => {
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
    for (const body of bodies) sent.push(await send(body));
    const { id: messageId } = await send({ type: 'text', text: 'change me' });
    await scene.client.received('change me');
    const changes = [
      { type: 'reaction', reaction: { messageId, emoji: '👍' } },
      { type: 'edit', edit: { messageId, text: 'changed' } },
      { type: 'revoke', revoke: { messageId } },
    ];
    for (const body of changes) sent.push(await send(body));
    for (const { id } of sent) {
      await waitUntil(`the client receives ${id}`, () => scene.client.messages.some(({ key }) => key.id === id));
    }
    expect(sent.map(({ type }) => type)).toEqual([...bodies, ...changes].map(({ type }) => type));

    const image = await media(shop, sent[0]?.id);
    expect(image.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await image.arrayBuffer()).toString('base64')).toBe(pixelPng);
    const page = await media(shop, sent[1]?.id);
    expect(page.headers.get('content-type')).toBe('application/octet-stream');
    expect(page.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''pixel.html");
    expect((await media(shop, sent[5]?.id)).status).toBe(404);
  });

  it('lists messages in order of arrival, marks duplicates, and filters by sequence number and time', async () => {
    await scene.write('first', ada, 'REPEATED-ID');
    const [first] = await scene.received(ada, 'first');
    await scene.write('first', ada, 'REPEATED-ID');
    await waitUntil('it has arrived twice', () => scene.sandbox.phones.get(ada)?.messages().at(-1)?.duplicate);
    const [, second] = await scene.received(ada, 'first');
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
    expect(await scene.messagesOf(ada, `?since=${first?.sequence}`)).toEqual([second]);
    expect(await scene.messagesOf(ada, `?since=${second?.receivedAt}`)).toContainEqual(second);
    expect(await scene.messagesOf(ada, '?since=2999-01-01')).toEqual([]);
    expect((await api.call('GET', `/phones/${ada}/messages?since=yesterday`)).status).toBe(400);
  });

  it('marks messages as read and as played', async () => {
    const id = await scene.write('read me');
    await scene.received(ada, 'read me');
    expect((await api.call('POST', `/phones/${ada}/messages/${id}/read`)).status).toBe(204);
    await scene.client.status(id, READ);
    expect((await api.call('POST', `/phones/${ada}/messages/${id}/played`)).status).toBe(204);
    await scene.client.status(id, PLAYED);
    const unknown = await api.call('POST', `/phones/${ada}/messages/nothing/read`);
    expect([unknown.status, unknown.body]).toMatchObject([404, { code: 'not_found' }]);
  });

  it('sends a message of the phone again', async () => {
    const { id } = await send({ type: 'text', text: 'once more' });
    expect((await api.call('POST', `/phones/${ada}/messages/${id}/resend`)).status).toBe(204);
    const isDuplicate = () => scene.sandbox.phones.get(shop)?.messages().at(-1)?.duplicate;
    await waitUntil('it has arrived twice', isDuplicate);
    expect(await scene.received(shop, 'once more')).toMatchObject([{ id }, { id, duplicate: true }]);
    const unknown = await api.call('POST', `/phones/${ada}/messages/nothing/resend`);
    expect([unknown.status, unknown.body]).toMatchObject([404, { code: 'not_found' }]);
  });

  it('returns the CA certificate of the media server', async () => {
    const answer = await api.call('GET', '/ca.pem');
    expect(answer.headers.get('content-type')).toBe('application/x-pem-file');
    const { media: file } = await send({ type: 'image', image: { data: pixelPng } });
    const { hostname, port } = new URL(file?.url ?? '');
    const socket = connect({ host: hostname, port: Number(port), ca: String(answer.body) });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });
});
