import { beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import sharp from 'sharp';
import { documentedAnswers } from '../support/documented-answers.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/http.js';
import { EventStreamClient } from '../support/event-stream.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { newPicture } from '../support/pictures.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Presence = { readonly phoneNumber: string | null; readonly state: string; readonly lastSeenAt: string | null };

let waybill: WaybillClient;
let client: MessagesClient;
let ada: SandboxPhone;
let chatId: string;
let documented: ReturnType<typeof documentedAnswers>;
const differences: string[] = [];

/** Asks, and compares the answer with the OpenAPI document. */
const ask = async (route: string, body?: object): Promise<Answer> => {
  const answer = await client.call(route, body && { body });
  differences.push(...documented.differences(route, answer));
  return answer;
};
const presences = async (): Promise<readonly Presence[]> =>
  (await ask(`GET /v1/chats/${chatId}/presence`)).body.data as readonly Presence[];
const show = (presence: object) => waybill.sandbox.ask(`POST /phones/${ada.number}/presence`, presence);
/** Waits until Ada is shown so. */
const shown = (state: string): Promise<Presence> =>
  eventually(async () => (await presences()).find((each) => each.state === state) ?? false);

beforeAll(async () => {
  waybill = await sharedWaybill();
  documented = documentedAnswers((await waybill.call('GET /openapi.json')).body as OpenAPIObject);
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  const { number: to } = client.session.phone;
  await waybill.sandbox.ask(`POST /phones/${ada.number}/messages`, { to, type: 'text', text: 'Hello' });
  chatId = await eventually(async () => (await client.call('GET /v1/chats')).body.data[0]?.id ?? false);
}, 240_000);

describe('the people of a chat', () => {
  it('are not shown to an account that is not online itself', async () => {
    await show({ state: 'online' });
    expect(await presences()).toEqual([]);
  });

  it('are online, type and record', async () => {
    const { id, user } = client.session;
    const live = await EventStreamClient.open(`${waybill.url}/v1/events?types=chat.presence`, {
      'x-api-key': user.key,
    });
    await client.call(`PATCH /v1/sessions/${id}`, { body: { settings: { presence: 'online' } } });
    expect(await shown('online')).toMatchObject({ phoneNumber: `+${ada.number}`, lastSeenAt: null });
    const to = client.session.phone.number;
    for (const state of ['typing', 'recording']) {
      await show({ state, to });
      const told = await live.until('chat.presence', ({ data }) => data.state === state);
      expect(told).toMatchObject({ sessionId: id, data: { chatId, phoneNumber: `+${ada.number}` } });
      await shown(state); // not before: asking subscribes anew, and WhatsApp answers that she is online
    }
    live.cut();
    await show({ state: 'offline' });
    expect((await shown('offline')).lastSeenAt).toMatch(/^20/);
    expect(await presences()).toHaveLength(1);
  });

  it('have a picture, which is asked of WhatsApp', async () => {
    const { pictureUrl } = (await client.call(`GET /v1/chats/${chatId}`)).body as { readonly pictureUrl: string };
    expect((await ask(`GET ${pictureUrl}`)).body).toMatchObject({ status: 404, code: 'picture_not_found' });
    const bytes = await newPicture('jpeg');
    await waybill.sandbox.ask(`PUT /phones/${ada.number}/picture`, { data: bytes.toString('base64') });
    const answer = await fetch(`${waybill.url}${pictureUrl}`, { headers: { 'x-api-key': client.session.user.key } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('of a group are there before its first message, and can have a picture', async () => {
    const made = { subject: 'Quiet', participants: [`+${ada.number}`] };
    const { id } = (await client.call('POST /v1/groups', { body: made })).body as { readonly id: string };
    const picture = (): Promise<Response> =>
      fetch(`${waybill.url}/v1/chats/${id}/picture`, { headers: { 'x-api-key': client.session.user.key } });
    const change = (pictureMediaId: unknown) => ask(`PATCH /v1/groups/${id}`, { pictureMediaId });
    const upload = async (bytes: Buffer): Promise<unknown> =>
      (await new MediaClient(waybill, client.session.user.key).upload(bytes)).body.id;
    const chat = { id, kind: 'group', name: 'Quiet', unread: 0, lastMessage: null, archived: false };
    expect((await client.call(`GET /v1/chats/${id}`)).body).toMatchObject(chat);
    expect((await client.call(`PUT /v1/chats/${id}/presence`, { body: { state: 'typing' } })).status).toBe(202);
    expect((await client.call(`POST /v1/chats/${id}/archive`)).body).toMatchObject({ archived: true });
    const listed = (await client.call('GET /v1/chats')).body.data as readonly { readonly id: string }[];
    expect(listed.map((each) => each.id)).not.toContain(id);

    expect((await picture()).status).toBe(404);
    expect((await change(await upload(await newPicture('png', 700, 650)))).status).toBe(200);
    const shown = await picture();
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    const { width, height } = await sharp(Buffer.from(await shown.arrayBuffer())).metadata();
    expect([width, height]).toEqual([640, 640]);
    expect((await change(id)).body).toMatchObject({ status: 422, code: 'media_not_found' });
    const text = await change(await upload(Buffer.from('no picture')));
    expect(text.body).toMatchObject({ status: 422, code: 'media_type_refused' });
    expect((await picture()).status).toBe(200);
    expect((await change(null)).status).toBe(200);
    expect((await picture()).status).toBe(404);
  });

  it('are asked for by the owner of the chat, while the session is connected', async () => {
    const { key } = await waybill.newUser();
    const { id, user } = client.session;
    const routes = ['presence', 'picture'].map((what) => `GET /v1/chats/${chatId}/${what}`);
    for (const route of routes) expect((await waybill.call(route, { key })).body).toMatchObject({ status: 404 });
    await client.call(`POST /v1/sessions/${id}/stop`);
    await waybill.until(user, id, { status: 'stopped' });
    for (const route of routes) expect((await ask(route)).body).toMatchObject({ code: 'session_not_connected' });
    expect(differences).toEqual([]);
  });
});
