import { beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { OpenAPIObject } from '@nestjs/swagger';
import { documentedAnswers } from '../support/documented-answers.js';
import { eventually } from '../support/eventually.js';
import { operations } from '../support/http-operations.js';
import type { Answer } from '../support/http.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';

let waybill: WaybillClient;
let client: MessagesClient;
let document: OpenAPIObject;
let documented: ReturnType<typeof documentedAnswers>;
const differences: string[] = [];

beforeAll(async () => {
  waybill = await sharedWaybill();
  document = (await waybill.call('GET /openapi.json')).body as OpenAPIObject;
  documented = documentedAnswers(document);
  client = await MessagesClient.link(waybill);
}, 240_000);

const route = (): string => `/v1/sessions/${client.session.id}/profile`;
/** Asks, and compares the answer with the OpenAPI document. */
const ask = async (asked: string, call: Parameters<MessagesClient['call']>[1] = {}): Promise<Answer> => {
  const answer = await client.call(asked, call);
  differences.push(...documented.differences(asked, answer));
  return answer;
};
const change = (body: object): Promise<Answer> => ask(`PATCH ${route()}`, { body });
const onPhone = (): Promise<object> => waybill.sandbox.phone(client.session.phone.number);
const upload = async (bytes: Uint8Array): Promise<string> => {
  const { body } = await new MediaClient(waybill, client.session.user.key).upload(bytes);
  return (body as { readonly id: string }).id;
};
/** Half of it is red, and half blue. */
const wide = (): Promise<Buffer> =>
  sharp({ create: { width: 900, height: 300, channels: 3, background: 'red' } })
    .composite([
      {
        input: { create: { width: 300, height: 300, channels: 3, background: 'blue' } },
        left: 300,
        top: 0,
      },
    ])
    .png()
    .toBuffer();

type Event = { readonly type: string; readonly data: object; readonly metadata: { readonly actor: object } };
const changes = async (): Promise<readonly Event[]> => {
  const { body } = await waybill.admin(`GET /v1/admin/streams/session-${client.session.id}`);
  return (body as { readonly data: readonly Event[] }).data.filter(({ type }) => type === 'ProfileChanged');
};

describe('the profile of an account', () => {
  it('is shown as WhatsApp has it', async () => {
    const { number, name } = client.session.phone;
    await waybill.sandbox.ask(`PATCH /phones/${number}`, { about: 'Open until six' });
    expect((await ask(`GET ${route()}`)).body).toEqual({ name, about: 'Open until six', pictureUrl: null });
  });

  it('gets another name and text, which others see', async () => {
    const changed = await change({ name: 'Parcels 📦', about: 'Closed on Sundays' });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { name: 'Parcels 📦', about: 'Closed on Sundays', pictureUrl: null },
    ]);
    expect(await onPhone()).toMatchObject({ name: 'Parcels 📦', about: 'Closed on Sundays' });
    expect((await ask(`GET ${route()}`)).body).toEqual(changed.body);
    await eventually(async () => {
      const { body } = await client.call(`GET /v1/sessions/${client.session.id}`);
      return (body as { readonly pushName: string }).pushName === 'Parcels 📦';
    });
  });

  it('gets a picture: the middle of a file, as a square JPEG', async () => {
    const answer = await change({ pictureMediaId: await upload(await wide()) });
    const { pictureUrl } = answer.body as { readonly pictureUrl: string };
    expect(await onPhone()).toMatchObject({ pictureUrl });
    const shown = await fetch(`${waybill.sandbox.controlUrl}/phones/${client.session.phone.number}/picture`);
    const picture = sharp(Buffer.from(await shown.arrayBuffer()));
    expect(await picture.metadata()).toMatchObject({ format: 'jpeg', width: 640, height: 640 });
    const { dominant } = await picture.stats();
    expect(dominant.b).toBeGreaterThan(200);
    expect(dominant.r).toBeLessThan(50);
  });

  it('has each change on record, with who made it', async () => {
    const events = await changes();
    expect(events.map(({ data }) => data)).toMatchObject([
      { name: 'Parcels 📦', about: null, pictureMediaId: null },
      { name: null, about: 'Closed on Sundays', pictureMediaId: null },
      { name: null, about: null, pictureMediaId: expect.any(String) },
    ]);
    for (const { metadata } of events) expect(metadata.actor).toMatchObject({ kind: 'key' });
  });

  it('has no picture any more once it is removed', async () => {
    expect((await change({ pictureMediaId: null })).body).toMatchObject({ pictureUrl: null });
    expect(await onPhone()).toMatchObject({ pictureUrl: null });
    expect((await changes()).at(-1)?.data).toMatchObject({ pictureMediaId: null, pictureRemoved: true });
    expect((await change({ pictureMediaId: await upload(await wide()) })).status).toBe(200);
  });

  it('keeps its picture where the file is none', async () => {
    const before = await onPhone();
    const text = await upload(Buffer.from('no picture'));
    expect((await change({ pictureMediaId: text })).body).toMatchObject({ status: 422, code: 'media_type_refused' });
    const unknown = '0199a3c4-1f00-7000-8000-00000000dead';
    expect((await change({ pictureMediaId: unknown })).body).toMatchObject({ status: 422, code: 'media_not_found' });
    expect(await onPhone()).toMatchObject({ pictureUrl: (before as { readonly pictureUrl: string }).pictureUrl });
    expect(await changes()).toHaveLength(5);
  });

  it.each([[{}], [{ name: ' ' }], [{ name: 'x'.repeat(26) }], [{ about: 'x'.repeat(140) }], [{ about: 'a\u0000b' }]])(
    'is not changed by %j',
    async (body) => {
      expect((await change(body)).body).toMatchObject({ status: 400, code: 'validation_failed' });
    },
  );

  it('says where WhatsApp has too many questions', async () => {
    await waybill.sandbox.fault({ kind: 'rate-limit', number: client.session.phone.number });
    expect((await ask(`GET ${route()}`)).body).toMatchObject({ status: 429, code: 'whatsapp_rate_limited' });
  });

  it('is its owner’s alone, and known only while the session is connected', async () => {
    const { key } = await waybill.newUser();
    expect((await ask(`GET ${route()}`, { key })).body).toMatchObject({ status: 404, code: 'session_not_found' });
    expect((await ask(`PATCH ${route()}`, { key, body: { name: 'Mine' } })).body).toMatchObject({ status: 404 });
    await client.call(`POST /v1/sessions/${client.session.id}/stop`);
    await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
    expect((await ask(`GET ${route()}`)).body).toMatchObject({ status: 409, code: 'session_not_connected' });
    expect((await change({ name: 'Late' })).body).toMatchObject({ status: 409, code: 'session_not_connected' });
  });
});

it('every operation has answered as its documentation says', () => {
  expect(differences).toEqual([]);
  const all = operations(document).map(({ name }) => name);
  expect(all.filter((name) => name.includes('/profile') && !documented.succeeded().has(name))).toEqual([]);
});
