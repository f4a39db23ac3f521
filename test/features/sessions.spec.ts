import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { eventually } from '../support/eventually.js';
import { Waybill, type LinkedSession, type TestUser } from '../support/waybill.js';

let waybill: Waybill;
let user: TestUser;

beforeAll(async () => {
  waybill = await Waybill.start({ WAYBILL_MAX_SESSIONS: '25' });
  user = await waybill.newUser();
}, 240_000);

afterAll(() => waybill.end());

const ask = (route: string, body?: object, headers: Record<string, string> = {}) =>
  waybill.call(route, { key: user.key, headers, ...(body && { body }) });
const devicesOf = async ({ phone }: LinkedSession) => (await waybill.sandbox.phone(phone.number)).devices;

describe('a session', () => {
  it('is created, shows a QR, is scanned, connects, and shows its account', async () => {
    const started = await ask('POST /v1/sessions', { name: 'Front desk' });
    expect(started.status).toBe(202);
    const { id } = started.body as { readonly id: string };
    expect(started.headers['location']).toBe(`/v1/sessions/${id}`);
    expect(started.body).toMatchObject({
      name: 'Front desk',
      status: 'initializing',
      phoneNumber: null,
      linked: false,
    });

    const phone = await waybill.sandbox.newPhone({ name: 'Ada' });
    const qr = await waybill.qr(user, id);
    await waybill.until(user, id, { status: 'awaiting_scan' });
    await waybill.sandbox.scan(phone.number, qr);
    const connected = await waybill.until(user, id, { status: 'connected', pushName: 'Ada' });
    expect(connected).toMatchObject({
      linked: true,
      phoneNumber: `+${phone.number}`,
      jid: expect.stringMatching(`^${phone.number}:\\d+@s.whatsapp.net$`),
      lid: expect.stringContaining(phone.lid),
      reason: null,
      reconnectAttempt: 0,
    });
    expect(Date.parse(connected.connectedAt)).toBeGreaterThan(Date.parse(connected.createdAt));
    expect(Date.parse(connected.lastSeenAt)).toBeGreaterThan(Date.parse(connected.createdAt));
    expect((await ask(`GET /v1/sessions/${id}/qr`)).body).toMatchObject({ status: 409, code: 'no_qr' });
    expect(waybill.output()).not.toContain(qr);
  });

  it('is linked by a code that is typed into the phone', async () => {
    const phone = await waybill.sandbox.newPhone();
    const id = await waybill.newSession(user, { pairing: 'code', phoneNumber: `+${phone.number}` });
    const offer = await eventually(async () => {
      const answer = await ask(`GET /v1/sessions/${id}/pairing-code`);
      return answer.status === 200 && (answer.body as { readonly code: string; readonly expiresAt: string });
    });
    expect(Date.parse(offer.expiresAt)).toBeGreaterThan(Date.now());
    expect((await ask(`GET /v1/sessions/${id}/qr`)).body).toMatchObject({ status: 409, code: 'no_qr' });
    await waybill.until(user, id, { status: 'awaiting_scan', phoneNumber: `+${phone.number}` });
    await waybill.sandbox.ask(`POST /phones/${phone.number}/enter-code`, { code: offer.code });
    await waybill.until(user, id, { status: 'connected', phoneNumber: `+${phone.number}` });
    expect((await ask(`GET /v1/sessions/${id}/pairing-code`)).body.code).toBe('no_pairing_code');

    const phoneNumber = `+${phone.number}`;
    const loggedOut = await ask(`POST /v1/sessions/${id}/logout`);
    expect(loggedOut.body).toMatchObject({ status: 'logged_out', linked: false, phoneNumber, jid: null });
    await ask(`POST /v1/sessions/${id}/restart`);
    const again = await waybill.until(user, id, { status: 'awaiting_scan' });
    expect(again).toMatchObject({ phoneNumber, linked: false });
    expect(again).not.toHaveProperty('pairingNumber');
    const listed = (await ask('GET /v1/sessions')).body.data as readonly { readonly id: string }[];
    expect(listed.find((one) => one.id === id)).toMatchObject({ phoneNumber });
  });

  it('needs a number for a code, and only for a code', async () => {
    const missing = await ask('POST /v1/sessions', { pairing: 'code' });
    expect(missing.body).toMatchObject({ status: 400, errors: [{ path: 'phoneNumber' }] });
    const unwanted = await ask('POST /v1/sessions', { phoneNumber: '+491701234567' });
    expect(unwanted.body).toMatchObject({ status: 400, errors: [{ path: 'phoneNumber' }] });
    const impossible = await ask('POST /v1/sessions', { pairing: 'code', phoneNumber: '+49 12' });
    expect(impossible.body).toMatchObject({ status: 400, errors: [{ path: 'phoneNumber' }] });
  });

  it('is created once for each Idempotency-Key', async () => {
    const post = () => ask('POST /v1/sessions', { name: 'Once' }, { 'idempotency-key': 'once' });
    const [one, other] = await Promise.all([post(), post()]);
    expect(other.body.id).toBe(one.body.id);
    const again = await post();
    expect(again.body.id).toBe(one.body.id);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it('keeps its link when it is stopped, and connects again without a QR', async () => {
    const session = await waybill.link(user);
    const stopped = await ask(`POST /v1/sessions/${session.id}/stop`);
    expect([stopped.status, stopped.body.status, stopped.body.linked]).toEqual([202, 'stopped', true]);
    await eventually(async () => (await devicesOf(session))[0]?.connected === false);
    const restarted = await ask(`POST /v1/sessions/${session.id}/restart`);
    expect([restarted.status, restarted.body.status]).toEqual([202, 'connecting']);
    await waybill.until(user, session.id, { status: 'connected' });
  });

  it('gets a new connection when it is restarted while it is connected', async () => {
    const { id } = await waybill.link(user);
    const before = (await ask(`GET /v1/sessions/${id}`)).body.connectedAt;
    await ask(`POST /v1/sessions/${id}/restart`);
    const { connectedAt } = await waybill.until(user, id, { status: 'connected' });
    expect(connectedAt > before).toBe(true);
  });

  it('is unlinked from the phone by a logout, and can be linked to another one', async () => {
    const session = await waybill.link(user);
    const loggedOut = await ask(`POST /v1/sessions/${session.id}/logout`);
    expect(loggedOut.status).toBe(202);
    expect(loggedOut.body).toMatchObject({ status: 'logged_out', linked: false, phoneNumber: null, jid: null });
    await eventually(async () => (await devicesOf(session)).length === 0);

    const another = await waybill.sandbox.newPhone();
    await ask(`POST /v1/sessions/${session.id}/restart`);
    await waybill.sandbox.scan(another.number, await waybill.qr(user, session.id));
    await waybill.until(user, session.id, { status: 'connected', phoneNumber: `+${another.number}` });
  });

  it('shows a new QR even if it is restarted before its logout has ended', async () => {
    const session = await waybill.link(user);
    const another = await waybill.sandbox.newPhone();
    await ask(`POST /v1/sessions/${session.id}/logout`);
    await ask(`POST /v1/sessions/${session.id}/restart`);
    await waybill.sandbox.scan(another.number, await waybill.qr(user, session.id));
    await waybill.until(user, session.id, { status: 'connected', phoneNumber: `+${another.number}` });
    await eventually(async () => (await devicesOf(session)).length === 0);
  });

  it('is unlinked when it is deleted', async () => {
    const session = await waybill.link(user);
    expect((await ask(`DELETE /v1/sessions/${session.id}`)).status).toBe(204);
    expect((await ask(`GET /v1/sessions/${session.id}`)).body).toMatchObject({
      status: 404,
      code: 'session_not_found',
    });
    await eventually(async () => (await devicesOf(session)).length === 0);
  });

  it('is unlinked when it is deleted while it is stopped', async () => {
    const session = await waybill.link(user);
    await ask(`POST /v1/sessions/${session.id}/stop`);
    await eventually(async () => (await devicesOf(session))[0]?.connected === false);
    expect((await ask(`DELETE /v1/sessions/${session.id}`)).status).toBe(204);
    await eventually(async () => (await devicesOf(session)).length === 0);
  });

  it('does not come back when the request that made it is repeated after it was deleted', async () => {
    const post = () => ask('POST /v1/sessions', {}, { 'idempotency-key': 'deleted' });
    const first = await post();
    await ask(`DELETE /v1/sessions/${first.body.id}`);
    expect(await post()).toMatchObject({ body: first.body, headers: { 'idempotent-replayed': 'true' } });
    expect((await ask(`GET /v1/sessions/${first.body.id}`)).status).toBe(404);
    expect((await ask('GET /v1/sessions')).body.data).not.toContainEqual(
      expect.objectContaining({ id: first.body.id }),
    );
  });

  it('of another user is not found by any route', async () => {
    const { id } = await waybill.link(user);
    const stranger = await waybill.newUser();
    const routes = [
      'GET /v1/sessions/:id',
      'GET /v1/sessions/:id/qr',
      'GET /v1/sessions/:id/pairing-code',
      'POST /v1/sessions/:id/restart',
      'POST /v1/sessions/:id/stop',
      'POST /v1/sessions/:id/logout',
      'DELETE /v1/sessions/:id',
    ];
    for (const route of routes) {
      const answer = await waybill.call(route.replace(':id', id), { key: stranger.key });
      expect([route, answer.body]).toEqual([route, expect.objectContaining({ code: 'session_not_found' })]);
      const nobody = await waybill.call(route.replace(':id', newId()), { key: stranger.key });
      expect([route, { ...nobody.body, requestId: '' }]).toEqual([route, { ...answer.body, requestId: '' }]);
    }
    const check = { sessionId: id, numbers: ['+491701234567'] };
    expect((await waybill.call('POST /v1/numbers/check', { key: stranger.key, body: check })).status).toBe(404);
    expect((await waybill.call('GET /v1/sessions', { key: stranger.key })).body).toEqual({ data: [], next: null });
    await waybill.until(user, id, { status: 'connected' });
  });

  it('is listed for its user, newest first and by status, and for admins', async () => {
    const owner = await waybill.newUser();
    const ids = [await waybill.newSession(owner), await waybill.newSession(owner)];
    await waybill.call(`POST /v1/sessions/${ids[0]}/stop`, { key: owner.key });
    const idsIn = ({ body }: { body: { data: { id: string }[] } }) => body.data.map(({ id }) => id);
    const list = (query: string) => waybill.call(`GET /v1/sessions${query}`, { key: owner.key });
    expect(idsIn(await list(''))).toEqual([ids[1], ids[0]]);
    expect(idsIn(await list('?status=stopped'))).toEqual([ids[0]]);
    expect(idsIn(await waybill.admin(`GET /v1/admin/sessions?userId=${owner.id}`))).toEqual([ids[1], ids[0]]);
    const restarted = await waybill.admin(`POST /v1/admin/sessions/${ids[0]}/restart`);
    expect([restarted.status, restarted.headers['location']]).toEqual([202, `/v1/admin/sessions/${ids[0]}`]);
    await waybill.until(owner, ids[0]!, { status: 'awaiting_scan' });
    expect((await waybill.admin(`POST /v1/admin/sessions/${ids[0]}/logout`)).body.status).toBe('logged_out');
    for (const id of ids) await waybill.call(`DELETE /v1/sessions/${id}`, { key: owner.key });
  });

  it('checks which numbers are on WhatsApp', async () => {
    const owner = await waybill.newUser();
    const { id, phone } = await waybill.link(owner);
    const check = (body: object) => waybill.call('POST /v1/numbers/check', { key: owner.key, body });
    await waybill.sandbox.newPhone({ number: '491709999999' });
    await waybill.sandbox.ask('PATCH /phones/491709999999', { exists: false });
    const number = `${phone.number.slice(0, 2)} ${phone.number.slice(2)}`;
    const found = await check({ numbers: [`+${number}`, 'hello', '+491709999999'] });
    expect(found.body).toEqual([
      { number: `+${phone.number}`, exists: true, jid: `${phone.number}@s.whatsapp.net`, lid: `${phone.lid}@lid` },
      { number: 'hello', exists: false, jid: null, lid: null, error: expect.any(String) },
      { number: '+491709999999', exists: false, jid: null, lid: null },
    ]);
    await waybill.sandbox.newPhone({ number: '491709999998' });
    for (const silent of ['491709999998', '491709999999']) {
      await waybill.sandbox.ask(`PATCH /phones/${silent}`, { exists: true, lookUpsAnswered: false });
    }
    expect((await check({ numbers: ['', null, '1'.repeat(200), '+491709999998', '+491709999999'] })).body).toEqual([
      { number: '', exists: false, jid: null, lid: null, error: expect.any(String) },
      { number: 'null', exists: false, jid: null, lid: null, error: expect.any(String) },
      { number: '1'.repeat(100), exists: false, jid: null, lid: null, error: expect.any(String) },
      { number: '+491709999998', exists: null, jid: null, lid: null, error: expect.stringMatching(/did not answer/) },
      found.body[2], // what was answered is remembered for some minutes
    ]);
    expect((await check({ numbers: [found.body[0].jid] })).body).toEqual([found.body[0]]);
    expect((await check({ numbers: [] })).body.errors).toHaveLength(1);
    await waybill.call(`POST /v1/sessions/${id}/stop`, { key: owner.key });
    expect((await check({ sessionId: id, numbers: ['+491709999999'] })).body.code).toBe('session_not_connected');
    await waybill.newSession(owner);
    expect((await check({ numbers: ['+491709999999'] })).body.code).toBe('session_required');
  });

  it('is deleted with its user', async () => {
    const leaving = await waybill.newUser();
    const session = await waybill.link(leaving);
    await waybill.admin(`DELETE /v1/admin/users/${leaving.id}`);
    await eventually(async () => (await devicesOf(session)).length === 0);
    await eventually(async () => (await waybill.admin(`GET /v1/admin/sessions/${session.id}`)).status === 404);
  });
});

describe('the limits', () => {
  const statuses = (answers: readonly { readonly status: number }[]) => ({
    accepted: answers.filter(({ status }) => status === 202).length,
    refused: answers.filter(({ status }) => status === 422).length,
  });
  const all = async () => (await waybill.admin('GET /v1/admin/sessions?limit=100')).body.data as { id: string }[];

  it('of a user are exact when twenty ask at once, and a deleted session makes room', async () => {
    const limited = await waybill.newUser({ maxSessions: 3 });
    const post = () => waybill.call('POST /v1/sessions', { key: limited.key, body: {} });
    const answers = await Promise.all(Array.from({ length: 20 }, post));
    expect(statuses(answers)).toEqual({ accepted: 3, refused: 17 });
    expect(answers.find(({ status }) => status === 422)?.body.code).toBe('session_limit_reached');

    const { data } = (await waybill.call('GET /v1/sessions', { key: limited.key })).body as { data: { id: string }[] };
    expect(data).toHaveLength(3);
    await waybill.call(`DELETE /v1/sessions/${data[0]?.id}`, { key: limited.key });
    await eventually(async () => (await post()).status === 202);
    expect((await post()).status).toBe(422);
  });

  it('of the service are exact when two users ask at once', async () => {
    const users = [await waybill.newUser(), await waybill.newUser()];
    const free = 25 - (await all()).length;
    expect(free).toBeGreaterThan(0);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => waybill.call('POST /v1/sessions', { key: users[n % 2]!.key, body: {} })),
    );
    expect(statuses(answers)).toEqual({ accepted: free, refused: 40 - free });
    expect(answers.find(({ status }) => status === 422)?.body.code).toBe('service_full');
    expect(await all()).toHaveLength(25);
  });
});
