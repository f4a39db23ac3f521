import { beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { documentedAnswers } from '../support/documented-answers.js';
import { eventually } from '../support/eventually.js';
import { operations } from '../support/http-operations.js';
import type { Answer } from '../support/http.js';
import { MessagesClient, receivedTexts } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let nuisance: SandboxPhone;
let friend: SandboxPhone;
let document: OpenAPIObject;
let documented: ReturnType<typeof documentedAnswers>;
const differences: string[] = [];

beforeAll(async () => {
  waybill = await sharedWaybill();
  document = (await waybill.call('GET /openapi.json')).body as OpenAPIObject;
  documented = documentedAnswers(document);
  client = await MessagesClient.link(waybill);
  nuisance = await waybill.sandbox.newPhone();
  friend = await waybill.sandbox.newPhone();
}, 240_000);

/** Asks, and compares the answer with the OpenAPI document. */
const ask = async (route: string, body?: unknown, key = client.session.user.key): Promise<Answer> => {
  const answer = await client.call(route, { body, key });
  differences.push(...documented.differences(route, answer));
  return answer;
};
const block = ({ number }: SandboxPhone): Promise<Answer> => ask('PUT /v1/blocks', { number: `+${number}` });
const unblock = ({ number }: SandboxPhone): Promise<Answer> => ask('DELETE /v1/blocks', { number: `+${number}` });
const person = ({ number, lid }: SandboxPhone): object => ({ phoneNumber: `+${number}`, lid: `${lid}@lid` });
const listed = async (): Promise<readonly object[]> =>
  ((await ask('GET /v1/blocks')).body as { readonly data: readonly object[] }).data;
const blockedOnPhone = async (): Promise<readonly string[]> =>
  ((await waybill.sandbox.phone(client.session.phone.number)) as unknown as { readonly blocked: readonly string[] })
    .blocked;
const write = (from: SandboxPhone, text: string, to = client.session.phone.number): Promise<unknown> =>
  waybill.sandbox.ask(`POST /phones/${from.number}/messages`, { to, type: 'text', text });
const onOwnPhone = (verb: 'PUT' | 'DELETE', { number }: SandboxPhone): Promise<unknown> =>
  waybill.sandbox.ask(`${verb} /phones/${client.session.phone.number}/blocks/${number}`);

type Event = { readonly type: string; readonly data: object; readonly metadata: { readonly actor: { kind: string } } };
const changes = async (): Promise<readonly string[]> => {
  const { body } = await waybill.admin(`GET /v1/admin/streams/blocklist-${client.session.id}`);
  const { data = [] } = body as { readonly data?: readonly Event[] };
  return data.map(
    ({ type, data, metadata }) =>
      `${type} ${(data as { readonly phoneNumber: string }).phoneNumber} by ${metadata.actor.kind}`,
  );
};

describe('somebody who is blocked', () => {
  it('is in the list, and what they write does not arrive, but in groups', async () => {
    await write(nuisance, 'before');
    await eventually(async () => (await receivedTexts(client, nuisance)).includes('before'));
    const blocked = await block(nuisance);
    expect([blocked.status, blocked.body]).toEqual([200, person(nuisance)]);
    expect(await listed()).toEqual([person(nuisance)]);
    expect(await blockedOnPhone()).toEqual([nuisance.number]);
    expect((await block(nuisance)).status).toBe(200);
    await write(nuisance, 'unheard');
    const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${nuisance.number}/groups`, {
      subject: 'Shared',
      participants: [client.session.phone.number],
    });
    await write(nuisance, 'in the group', jid);
    await eventually(async () => (await client.list({ q: 'group' })).text.includes('in the group'));
    expect(await receivedTexts(client, nuisance)).toEqual(['before']);
  });

  it('is heard again once they are unblocked', async () => {
    expect((await unblock(nuisance)).status).toBe(204);
    expect((await unblock(nuisance)).status).toBe(204);
    expect(await listed()).toEqual([]);
    await write(nuisance, 'after');
    await eventually(async () => (await receivedTexts(client, nuisance)).includes('after'));
    expect(await receivedTexts(client, nuisance)).toEqual(['before', 'after']);
  });

  it('is on record with who blocked and unblocked them, also where the phone did', async () => {
    const byUser = [`PersonBlocked +${nuisance.number} by key`, `PersonUnblocked +${nuisance.number} by key`];
    expect(await changes()).toEqual(byUser);
    await write(friend, 'hello');
    await eventually(async () => (await receivedTexts(client, friend)).includes('hello'));
    await onOwnPhone('PUT', friend);
    await eventually(async () => (await changes()).length === 3);
    expect(await listed()).toEqual([person(friend)]);
    await onOwnPhone('DELETE', friend);
    await eventually(async () => (await changes()).length === 4);
    expect(await changes()).toEqual([
      ...byUser,
      `PersonBlocked +${friend.number} by system`,
      `PersonUnblocked +${friend.number} by system`,
    ]);
  });
});

it('who cannot be blocked is refused', async () => {
  const nobody = await waybill.sandbox.newPhone();
  await waybill.sandbox.ask(`PATCH /phones/${nobody.number}`, { exists: false });
  expect((await block(nobody)).body).toMatchObject({ status: 422, code: 'not_on_whatsapp' });
  expect((await ask('PUT /v1/blocks', { number: 'Bob' })).body).toMatchObject({ code: 'invalid_recipient' });
  expect((await ask('PUT /v1/blocks', {})).body).toMatchObject({ status: 400, code: 'validation_failed' });
  const silent = await waybill.sandbox.newPhone();
  await waybill.sandbox.ask(`PATCH /phones/${silent.number}`, { lookUpsAnswered: false });
  for (const answer of [await block(silent), await unblock(silent)]) {
    expect(answer.body).toMatchObject({ status: 503, code: 'not_ready' });
  }
  const self = { number: `+${client.session.phone.number}` };
  expect((await ask('PUT /v1/blocks', self)).body).toMatchObject({ status: 422, code: 'account_change_refused' });
});

it('the list is its owner’s alone, and known only while the session is connected', async () => {
  const { key } = await waybill.newUser();
  const route = `GET /v1/blocks?sessionId=${client.session.id}`;
  expect((await ask(route, undefined, key)).body).toMatchObject({ status: 404, code: 'session_not_found' });
  expect((await ask('GET /v1/blocks', undefined, key)).body).toMatchObject({ status: 422, code: 'session_required' });
  await client.call(`POST /v1/sessions/${client.session.id}/stop`);
  await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
  for (const answer of [await ask(route), await block(friend), await unblock(friend)]) {
    expect(answer.body).toMatchObject({ status: 409, code: 'session_not_connected' });
  }
});

it('every operation has answered as its documentation says', () => {
  expect(differences).toEqual([]);
  const all = operations(document).map(({ name }) => name);
  expect(all.filter((name) => name.includes('/blocks') && !documented.succeeded().has(name))).toEqual([]);
});
