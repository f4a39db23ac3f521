import { beforeAll, expect, it } from '@jest/globals';
import type { Answer } from '../support/http.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;
let nuisance: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone();
  nuisance = await waybill.sandbox.newPhone();
}, 240_000);

const path = (): string => `/v1/sessions/${client.session.id}`;
const patch = (body: object): Promise<Answer> => client.call(`PATCH ${path()}`, { body });
const session = async (): Promise<object> => (await client.call(`GET ${path()}`)).body as object;
const isOnline = async (): Promise<boolean> => {
  const { devices } = (await waybill.sandbox.phone(client.session.phone.number)) as unknown as {
    readonly devices: readonly { readonly online: boolean }[];
  };
  return devices[0]!.online;
};
const write = (from: SandboxPhone, text: string, to = client.session.phone.number, more = {}): Promise<unknown> =>
  waybill.sandbox.ask(`POST /phones/${from.number}/messages`, { to, type: 'text', text, ...more });
const received = async (): Promise<readonly string[]> => {
  const { body } = await client.list({ direction: 'incoming', limit: '100' });
  return (body as { readonly data: readonly { readonly text: { readonly body: string } }[] }).data.map(
    ({ text }) => text.body,
  );
};

it('a session is renamed, and keeps what its user wants kept with it', async () => {
  expect(await session()).toMatchObject({ settings: { ignore: [], presence: 'offline' }, metadata: {} });
  const changed = await patch({ name: 'Front desk', metadata: { shop: 'Berlin', till: '3' } });
  expect([changed.status, changed.body]).toMatchObject([
    200,
    { name: 'Front desk', metadata: { shop: 'Berlin', till: '3' }, settings: { ignore: [] } },
  ]);
  await patch({ metadata: { shop: 'Hamburg' } });
  expect(await session()).toMatchObject({ name: 'Front desk', metadata: { shop: 'Hamburg' } });
});

it('a session begins with the settings that it is made with', async () => {
  const body = { name: 'Second', settings: { ignore: ['groups'] }, metadata: { till: '4' } };
  const make = (): Promise<Answer> =>
    client.call('POST /v1/sessions', { body, headers: { 'idempotency-key': 'second' } });
  const made = await make();
  expect([made.status, made.body]).toMatchObject([
    202,
    { settings: { ignore: ['groups'], presence: 'offline' }, metadata: { till: '4' } },
  ]);
  const again = await make();
  expect([again.text, again.headers['idempotent-replayed']]).toEqual([made.text, 'true']);
  const { settings, metadata } = (await client.call(`GET /v1/sessions/${made.body.id}`)).body;
  expect([settings, metadata]).toEqual([made.body.settings, made.body.metadata]);
});

it('whom to ignore is kept as it is compared, however it was typed', async () => {
  const ignore = ['+49 170 1234567', '0049 170 7654321', '491701111111@c.us', '338412907716533@lid', 'status'];
  expect((await patch({ settings: { ignore } })).body.settings.ignore).toEqual([
    '+491701234567',
    '+491707654321',
    '+491701111111',
    '338412907716533@lid',
    'status',
  ]);
});

it.each([
  [{}],
  [{ name: '' }],
  [{ settings: { ignore: ['nobody'] } }],
  [{ settings: { presence: 'away' } }],
  [{ settings: { proxySet: true } }],
  [{ metadata: { number: 7 } }],
  [{ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key${index}`, ''])) }],
])('what is no change is refused: %j', async (body) => {
  expect((await patch(body)).body).toMatchObject({ status: 400, code: 'validation_failed' });
});

it('another user’s session is not there', async () => {
  const { key } = await waybill.newUser();
  const answer = await waybill.call(`PATCH ${path()}`, { key, body: { name: 'Mine' } });
  expect(answer.body).toMatchObject({ status: 404, code: 'session_not_found' });
});

it('the account is shown as online where that is set, also after a reconnection', async () => {
  expect(await isOnline()).toBe(false);
  await patch({ settings: { presence: 'online' } });
  await eventually(isOnline);
  await client.call(`POST ${path()}/restart`);
  await eventually(async () => !(await isOnline()));
  await eventually(isOnline);
  await patch({ settings: { presence: 'offline' } });
  await eventually(async () => !(await isOnline()));
});

it('nothing is recorded of what is ignored, and what came before stays', async () => {
  await write(nuisance, 'before');
  await eventually(async () => (await received()).includes('before'));
  const typed = `+${nuisance.number.slice(0, 2)} ${nuisance.number.slice(2)}`;
  await patch({ settings: { ignore: ['groups', typed] } });
  const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${friend.number}/groups`, {
    subject: 'Noise',
    participants: [client.session.phone.number],
  });
  await write(nuisance, 'from a nuisance');
  await write(nuisance, 'by the LID', client.session.phone.number, { addressing: 'lid' });
  await write(friend, 'in the group', jid);
  await write(friend, 'to you');
  await eventually(async () => (await received()).includes('to you'));
  expect(await received()).toEqual(['to you', 'before']);
  await patch({ settings: { ignore: [] } });
  await write(nuisance, 'heard again');
  await eventually(async () => (await received()).includes('heard again'));
});
