import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DisconnectReason } from '@whiskeysockets/baileys';
import { Agent } from 'undici';
import { z } from 'zod';
import { faultKinds } from '#lib/whatsapp-sandbox';
import { channel, post } from '../../libs/whatsapp-sandbox/control/schemas/channel.js';
import { fault, mediaFaultKinds } from '../../libs/whatsapp-sandbox/control/schemas/fault.js';
import { message } from '../../libs/whatsapp-sandbox/control/schemas/message.js';
import { transcript } from '../../libs/whatsapp-sandbox/control/schemas/transcript.js';
import type { Api } from './support/api.js';
import { ControlledShop } from './support/controlled-shop.js';
import { listen } from './support/events.js';
import { waitUntil } from './support/wait-until.js';

describe('the control API for faults, live changes and the transcript', () => {
  let scene: ControlledShop;
  let api: Api;
  let shop: string;
  let ada: string;

  beforeAll(async () => {
    scene = await ControlledShop.start();
    ({ api, shop, ada } = scene);
  });
  afterEach(() => scene.sandbox.faults.clear());
  afterAll(() => scene.stop());

  it('adds, lists and removes faults', async () => {
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
    const id = await scene.write('refused');
    expect((await scene.client.ackOf(id)).attrs.error).toBe('463');
    await api.send('/faults', { kind: 'drop', number: shop }, fault);
    expect(await scene.client.closed()).toBe(DisconnectReason.connectionClosed);
    await scene.client.reconnect();
  });

  it('makes uploads fail', async () => {
    const dispatcher = new Agent({ connect: { ca: scene.sandbox.caCertificate } });
    const document = { data: Buffer.from('file').toString('base64') };
    const sent = await api.send(`/phones/${ada}/messages`, { to: shop, type: 'document', document }, message);
    await api.send('/faults', { kind: 'upload-error', code: 507 }, fault);
    const { host } = new URL(sent.media?.url ?? '');
    const upload = await fetch(`https://${host}/mms/image/${'x'.repeat(43)}`, {
      method: 'POST',
      dispatcher,
    } as unknown as RequestInit);
    expect(upload.status).toBe(507);
    const wrong = await api.call('POST', '/faults', { kind: 'upload-hang', number: shop });
    expect([wrong.status, wrong.body]).toMatchObject([400, { code: 'invalid_argument' }]);
    await dispatcher.destroy();
  });

  it('streams changes of messages, phones and faults', async () => {
    const stream = await listen(`${scene.control.url}/events`);
    const heard = (event: string, detail: string) =>
      waitUntil(`the stream has ${event} ${detail}`, () =>
        stream.events.some((each) => each.event === event && JSON.stringify(each.data).includes(detail)),
      );
    const { id } = await api.send(`/phones/${ada}/messages`, { to: shop, type: 'text', text: 'live' }, message);
    await heard('message', id);
    await heard('message', '"status":"delivered"');
    await api.call('PATCH', `/phones/${ada}`, { online: false });
    await heard('phone', '"online":false');
    await api.call('PATCH', `/phones/${ada}`, { online: true });
    await api.send('/faults', { kind: 'nack', number: ada }, fault);
    await heard('faults', '"kind":"nack"');
    await stream.stop();
  });

  it('streams changes of channels, with the last 20 posts of each', async () => {
    const stream = await listen(`${scene.control.url}/events`);
    const { jid } = await api.send(`/phones/${ada}/channels`, { name: 'News' }, channel);
    for (const n of Array.from({ length: 25 }, (_, index) => index + 1)) {
      await api.send(`/channels/${jid}/posts`, { type: 'text', text: `Post ${n}` }, post);
    }
    const last = await waitUntil('the stream has the last post', () => {
      const told = stream.events.findLast(({ event }) => event === 'channels')?.data as
        readonly z.output<typeof channel>[] | undefined;
      const posts = told?.find((each) => each.jid === jid)?.posts ?? [];
      return posts.at(-1)?.text === 'Post 25' && posts;
    });
    expect(last.map(({ serverId }) => serverId)).toEqual(Array.from({ length: 20 }, (_, index) => index + 6));
    await stream.stop();
  });

  it('records a transcript while it is switched on', async () => {
    expect(await api.read('/transcript', transcript)).toEqual({ enabled: false, entries: [] });
    await api.call('PUT', '/transcript', { enabled: true, capacity: 50 });
    await scene.client.ackOf(await scene.write('recorded'));
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
    await scene.client.ackOf(await scene.write('not recorded'));
    expect(await api.read('/transcript', transcript)).toEqual({ enabled: false, entries: [] });
  });
});
