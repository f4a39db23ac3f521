import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TlsAuthority } from '../../libs/whatsapp-sandbox/media/certificate.js';
import { eventually } from '../support/eventually.js';
import { ServiceClock } from '../support/service-clock.js';
import { Waybill, type TestUser } from '../support/waybill.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { webhooksClient } from '../support/webhooks-client.js';

const dayMs = 24 * 3600 * 1000;

let waybill: Waybill;
let receiver: WebhookReceiver;
let clock: ServiceClock;
let authority: TlsAuthority;
let user: TestUser;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  clock = await ServiceClock.create();
  authority = await TlsAuthority.generate();
  waybill = await Waybill.start({
    WAYBILL_OUTBOUND_ALLOW: '127.0.0.1',
    WAYBILL_OUTBOUND_CA: authority.certificate,
    ...clock.variables,
  });
  user = await waybill.newUser();
  stops.push(
    () => waybill.end(),
    () => receiver.stop(),
    () => clock.remove(),
  );
}, 240_000);

afterAll(async () => {
  for (const stop of stops) await stop();
});

const clientOf = ({ key }: TestUser) => webhooksClient((route, body) => waybill.call(route, { key, body }));
const { register, act, remove, deliveriesOf, delivery, onlyDelivery } = webhooksClient((route, body) =>
  waybill.call(route, { key: user.key, body }),
);
/** An HTTPS server with a certificate of that authority. */
const secure = async (by: TlsAuthority): Promise<string> => {
  const server = createServer(await by.issue(['127.0.0.1']), (_request, answer) => void answer.writeHead(204).end());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  stops.push(async () => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

it('a certificate is checked, also against the authorities of the operator', async () => {
  const trusted = await register(await secure(authority), ['call.*']);
  const foreign = await register(await secure(await TlsAuthority.generate()), ['call.*']);
  await Promise.all([act(trusted.id, 'test'), act(foreign.id, 'test')]);
  await onlyDelivery(trusted.id, 'succeeded');
  const failed = await eventually(async () => {
    const one = await onlyDelivery(foreign.id, 'pending');
    return one.attempts.length > 0 && one;
  });
  expect(failed.attempts[0]).toMatchObject({ status: null, problem: expect.stringMatching(/cert|CERT|SIGNED/) });
  await Promise.all([remove(trusted.id), remove(foreign.id)]);
});

it('only events of the sessions that are asked for come, and those of a deleted one no more', async () => {
  const [one, other] = [await waybill.newSession(user), await waybill.newSession(user)];
  receiver.answer('/fails', 500);
  const chosen = await register(receiver.url('/chosen'), ['session.*'], { sessionIds: [one] });
  const failing = await register(receiver.url('/fails'), ['session.*']);
  for (const id of [one, other]) await waybill.call(`POST /v1/sessions/${id}/stop`, { key: user.key });
  await eventually(() => receiver.types('/fails').filter((type) => type === 'session.stopped').length >= 2);
  await waybill.call(`DELETE /v1/sessions/${one}`, { key: user.key });
  await eventually(() => receiver.types('/chosen').includes('session.deleted'));
  expect(new Set(receiver.at('/chosen').map(({ body }) => body.sessionId))).toEqual(new Set([one]));
  await eventually(async () => {
    const left = await deliveriesOf(failing.id, '?limit=100');
    const events = left.map(({ id, event }) => [id, event] as const);
    const sessions = await Promise.all(events.map(async ([id]) => (await delivery(id)) as { sessionId?: string }));
    const ofDeleted = events.filter((_event, index) => sessions[index]?.sessionId === one).map(([, event]) => event);
    expect(ofDeleted).toEqual(['session.deleted']);
  });
  await Promise.all([remove(chosen.id), remove(failing.id)]);
});

it('the webhooks of a deleted user get nothing more', async () => {
  const leaving = await waybill.newUser();
  receiver.answer('/leaving', 500);
  const theirs = clientOf(leaving);
  const { id } = await theirs.register(receiver.url('/leaving'), ['*']);
  await theirs.act(id, 'test');
  await eventually(() => receiver.at('/leaving').length === 1);
  await waybill.admin(`DELETE /v1/admin/users/${leaving.id}`);
  const witness = await register(receiver.url('/witness'), ['call.*']);
  await act(witness.id, 'test');
  await eventually(() => receiver.at('/witness').length === 1);
  receiver.answer('/witness', 500);
  await act(witness.id, 'test');
  await eventually(() => receiver.at('/witness').length >= 3, 20_000); // one of them for the second time
  expect(receiver.at('/leaving')).toHaveLength(1);
  await remove(witness.id);
}, 60_000);

it.each(['webhook', 'session', 'user'])(
  'a request that waits for its answer is aborted once its %s is deleted',
  async (what) => {
    const leaving = await waybill.newUser();
    const theirs = clientOf(leaving);
    const path = `/slow/${what}`;
    let isClosed = false;
    receiver.answer(path, (answer) => void answer.on('close', () => (isClosed = true)));
    const { id } = await theirs.register(receiver.url(path), ['session.stopped']);
    const session = await waybill.newSession(leaving);
    await waybill.call(`POST /v1/sessions/${session}/stop`, { key: leaving.key });
    await eventually(() => receiver.at(path).length === 1);
    expect(isClosed).toBe(false);
    if (what === 'webhook') await theirs.remove(id);
    else if (what === 'session') await waybill.call(`DELETE /v1/sessions/${session}`, { key: leaving.key });
    else await waybill.admin(`DELETE /v1/admin/users/${leaving.id}`);
    await eventually(() => isClosed, 10_000); // it would have taken 15 seconds
    expect(receiver.at(path)).toHaveLength(1);
  },
  60_000,
);

describe('when the wall clock is set', () => {
  it('back, a delivery is tried again after its wait', async () => {
    receiver.answer('/back', 500);
    const { id } = await register(receiver.url('/back'), ['call.*']);
    await act(id, 'test');
    await eventually(async () => (await onlyDelivery(id, 'pending')).attempts.length === 1);
    await clock.shift(-dayMs);
    await eventually(() => receiver.at('/back').length === 2, 20_000);
    await clock.shift(0);
    await remove(id);
  }, 60_000);

  it('on by days, an endpoint that has failed since is disabled, with the reason', async () => {
    receiver.answer('/dead', 502);
    const { id } = await register(receiver.url('/dead'), ['call.*']);
    const told = await register(receiver.url('/told'), ['webhook.disabled']);
    await act(id, 'test');
    await eventually(() => receiver.at('/dead').length === 1);
    await eventually(async () => (await onlyDelivery(id, 'pending')).attempts.length === 1);
    await clock.shift(6 * dayMs);
    await eventually(() => receiver.at('/told').length === 1, 20_000);
    const reason = expect.stringMatching(/^No delivery has succeeded since .* The last attempt: .* 502/);
    expect(receiver.at('/told')[0]?.body.data).toMatchObject({ id, status: 'disabled', reason });
    await onlyDelivery(id, 'parked');
    // Resumed, it is tried for five days anew.
    await act(id, 'resume');
    await act(id, 'test');
    await eventually(async () => (await deliveriesOf(id))[0]?.attemptCount === 2, 20_000);
    expect((await waybill.call(`GET /v1/webhooks/${id}`, { key: user.key })).body).toMatchObject({ status: 'active' });
    await clock.shift(0);
    await Promise.all([remove(id), remove(told.id)]);
  }, 60_000);
});

it('views that are deleted are made again, and nothing is posted again', async () => {
  const { id } = await register(receiver.url('/kept'), ['call.*']);
  for (let n = 0; n < 5; n += 1) await act(id, 'test');
  await eventually(async () => (await deliveriesOf(id, '?status=succeeded')).length === 5);
  const before = await deliveriesOf(id);
  await waybill.kill();
  await waybill.deleteViews();
  await waybill.boot();
  expect(await eventually(async () => (await deliveriesOf(id)).length === 5 && deliveriesOf(id))).toEqual(before);
  await act(id, 'test');
  await eventually(() => receiver.at('/kept').length >= 6);
  expect(receiver.at('/kept')).toHaveLength(6);
}, 120_000);
