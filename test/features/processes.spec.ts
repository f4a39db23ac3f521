import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ApiProcess } from '../support/api-process.js';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { HeldAnswers } from '../support/held-answers.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { startScaledServers } from '../support/scaled-servers.js';
import { SocketClient } from '../support/socket-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Running = {
  readonly id: string;
  readonly pid: number;
  readonly roles: readonly string[];
  readonly lastSeenAt: string;
  readonly lagSeconds: number;
};

(hasRedis() ? describe : describe.skip)('several processes (with redis-server, Debian’s package)', () => {
  let servers: Awaited<ReturnType<typeof startScaledServers>>;
  let redis: RedisServer;
  let waybill: Waybill;
  let apis: readonly ApiProcess[] = [];
  /** The user and the session, asked by way of the process with the sessions, and by way of each of the others. */
  let client: MessagesClient;
  let one: MessagesClient;
  let two: MessagesClient;
  let friend: SandboxPhone;

  beforeAll(async () => {
    [servers, redis] = [await startScaledServers(), await RedisServer.start()];
    const shared = {
      ...servers.variables,
      REDIS_URL: redis.url,
      WAYBILL_MASTER_KEY: randomBytes(32).toString('base64'),
    };
    waybill = await Waybill.start(shared);
    const variables = { ...shared, WAYBILL_DATA_DIR: waybill.dataDirectory };
    apis = [await ApiProcess.start(variables), await ApiProcess.start(variables)];
    one = await MessagesClient.link(through(0));
    two = one.through(through(1));
    client = one.through(waybill);
    friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  }, 300_000);

  afterAll(async () => {
    for (const api of apis) await api.kill();
    await waybill.end();
    await redis.stop();
    await servers.end();
  });

  const through = (index: 0 | 1): Waybill => waybill.through((apis[index] as ApiProcess).url);
  const shown = async (): Promise<readonly string[]> => shownTexts(await waybill.sandbox.messages(friend.number));
  const processes = async (from: Waybill): Promise<readonly Running[]> =>
    ((await from.admin('GET /v1/admin/processes')).body as { readonly data: readonly Running[] }).data;

  it('what is accepted by one is read by the other, and sent by the one with the sessions', async () => {
    const id = await one.send(friend, 'by one');
    expect((await two.get(id)).id).toBe(id);
    await two.until(id, 'delivered');
    const { body } = await two.list({ direction: 'outgoing' });
    expect((body.data as readonly { readonly id: string }[]).map((message) => message.id)).toEqual([id]);
    expect(await shown()).toEqual(['by one']);
  });

  it('each is listed, with what it does', async () => {
    const all = await eventually(async () => {
      const listed = await processes(through(0));
      return listed.length === 3 && listed;
    });
    expect(all.map(({ roles }) => roles.join())).toEqual(['api,sessions,workers', 'api', 'api']);
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(3);
    for (const { lagSeconds } of all) expect(lagSeconds).toBeLessThan(30);
    expect(new Set((await processes(waybill)).map(({ id }) => id))).toEqual(new Set(all.map(({ id }) => id)));
  });

  it('a session is linked by way of any: its QR is asked of the process that has it, and told to live readers of all', async () => {
    const { user } = one.session;
    const listening = await EventStreamClient.open(`${through(1).url}/v1/events`, { 'x-api-key': user.key });
    const id = await through(0).newSession(user);
    const qr = await through(0).qr(user, id);
    expect((await two.call(`GET /v1/sessions/${id}/qr`)).body).toMatchObject({ qr });
    await listening.until('session.qr', ({ sessionId, data }) => sessionId === id && data.qr === qr);
    const late = await EventStreamClient.open(`${through(0).url}/v1/events`, { 'x-api-key': user.key });
    await late.until('session.qr', ({ sessionId }) => sessionId === id);
    const phone = await waybill.sandbox.newPhone();
    await waybill.sandbox.scan(phone.number, qr);
    await through(1).until(user, id, { status: 'connected' });
    expect((await two.call(`GET /v1/sessions/${id}/qr`)).status).toBe(409);
    expect((await one.call(`DELETE /v1/sessions/${id}`)).status).toBe(204);
    await listening.until('session.deleted', ({ sessionId }) => sessionId === id);
    for (const stream of [listening, late]) stream.cut();
  });

  it('what WhatsApp has to be asked is asked by the process that has the session', async () => {
    const nobody = await waybill.sandbox.newPhone();
    await waybill.sandbox.ask(`PATCH /phones/${nobody.number}`, { exists: false });
    const numbers = { sessionId: one.session.id, numbers: [`+${friend.number}`, `+${nobody.number}`] };
    const checked = await one.call('POST /v1/numbers/check', { body: numbers });
    expect([checked.status, checked.body.map((number: { exists: boolean }) => number.exists)]).toEqual([
      200,
      [true, false],
    ]);
    const made = await one.call('POST /v1/groups', {
      body: { subject: 'Neighbours', participants: [`+${friend.number}`] },
    });
    expect(made.status).toBe(201);
    await eventually(async () => (await two.call('GET /v1/groups')).body.data.length === 1);
    expect((await two.call(`GET /v1/groups/${made.body.id}/invite`)).status).toBe(200);
    const profile = await two.call(`GET /v1/sessions/${one.session.id}/profile`);
    expect([profile.status, profile.body]).toEqual([200, expect.objectContaining({ name: expect.anything() })]);
    expect((await one.call(`GET /v1/blocks?sessionId=${one.session.id}`)).status).toBe(200);
    const [chat] = (await one.call('GET /v1/chats')).body.data as readonly { readonly id: string }[];
    expect((await one.call(`GET /v1/chats/${chat?.id}/presence`)).status).toBe(200);
    expect((await one.call(`GET /v1/sessions/${one.session.id}`)).body.lastSeenAt).not.toBeNull();
    const wrong = await one.call('POST /v1/groups/join', {
      body: { invite: 'https://chat.whatsapp.com/AAAAAAAAAAAAAAAAAAAAAA' },
    });
    expect([wrong.status, wrong.body.code]).not.toContain(500);
  });

  it('a file is fetched for whoever asks for it, by way of any', async () => {
    const media = { settings: { downloadMedia: 'on_demand' } };
    expect((await one.call(`PATCH /v1/sessions/${one.session.id}`, { body: media })).status).toBe(200);
    const bytes = randomBytes(50_000);
    const document = { data: bytes.toString('base64'), caption: 'a file' };
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
      to: one.session.phone.number,
      type: 'document',
      document,
    });
    const mediaId = await eventually(async () => {
      const { body } = await two.list({ type: 'document' });
      const [message] = body.data as readonly { readonly document: { readonly mediaId: string } }[];
      return message?.document.mediaId ?? (false as const);
    });
    const found = await new MediaClient(through(1), one.session.user.key).download(mediaId);
    expect(found.bytes.equals(bytes)).toBe(true);
  });

  it('a message is canceled by way of any, before it has left', async () => {
    const scheduledAt = new Date(Date.now() + 3600_000).toISOString();
    const text = { to: `+${friend.number}`, type: 'text', text: { body: 'too late' }, sessionId: one.session.id };
    const { body } = await one.post({ ...text, scheduledAt });
    expect((await two.call(`POST /v1/messages/${body.id}/cancel`)).status).toBe(200);
    for (const each of [one, client]) await eventually(async () => (await each.get(body.id)).status === 'canceled');
  });

  it('a ticket opens one connection, whatever processes are asked', async () => {
    const { ticket } = (await one.call('POST /v1/events/ticket')).body as { readonly ticket: string };
    const openings = [0, 1, 0, 1].map((index) =>
      EventStreamClient.open(`${through(index as 0 | 1).url}/v1/events?ticket=${ticket}`).then(
        (stream) => {
          stream.cut();
          return 'open';
        },
        (error: Error) => error.message.slice(0, 3),
      ),
    );
    expect((await Promise.all(openings)).filter((answer) => answer !== '401')).toEqual(['open']);
  });

  it('a request with an Idempotency-Key is done once, whatever processes are asked', async () => {
    const text = { to: `+${friend.number}`, type: 'text', text: { body: 'once' }, sessionId: one.session.id };
    const key = { 'idempotency-key': 'once' };
    const answers = await Promise.all([one, two, client, one, two].map((each) => each.post(text, key)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await two.until(answers[0]?.body.id, 'delivered');
    expect((await shown()).filter((shownText) => shownText === 'once')).toEqual(['once']);
  });

  it('a revoked key is refused by all within two seconds, and its live readers are cut', async () => {
    const { id: userId } = one.session.user;
    const issued = await through(0).admin(`POST /v1/admin/users/${userId}/api-keys`, { body: { name: 'short' } });
    const { id, secret } = issued.body as { readonly id: string; readonly secret: string };
    const socket = await eventually(async () => {
      const opened = await SocketClient.open(through(1).url);
      return (await opened.ask({ auth: { apiKey: secret } }))['authenticated'] !== undefined && opened;
    });
    expect(await socket.ask({ subscribe: {} })).toMatchObject({ subscribed: expect.anything() });
    await eventually(async () => (await through(1).call('GET /v1/sessions', { key: secret })).status === 200);
    expect((await through(0).admin(`DELETE /v1/admin/users/${userId}/api-keys/${id}`)).status).toBe(204);
    const revokedAt = performance.now();
    await eventually(async () => (await through(1).call('GET /v1/sessions', { key: secret })).status === 401);
    await eventually(() => socket.closed !== undefined);
    expect(performance.now() - revokedAt).toBeLessThan(2000);
  });

  it('what follows the log is looked after by way of any', async () => {
    const followers = (await through(0).admin('GET /v1/admin/projections')).body.data as readonly { kind: string }[];
    expect(new Set(followers.map(({ kind }) => kind))).toEqual(new Set(['projection', 'saga']));
    expect((await through(0).admin('GET /v1/admin/parked')).body.data).toEqual([]);
    const unknown = await through(0).admin('POST /v1/admin/parked/users:1/retry');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not_parked']);
    expect((await through(0).admin('POST /v1/admin/projections/users/rebuild')).status).toBe(202);
    expect((await through(1).admin('GET /v1/admin/system')).body.whatsapp).toMatchObject({ connected: 1, linked: 1 });
  });

  describe('the process with the sessions is killed when it has done what was asked, and has not said so', () => {
    const texts = ['meanwhile 1', 'meanwhile 2', 'meanwhile 3'];
    const ids: string[] = [];
    let numbers: readonly string[];

    const groups = async (): Promise<readonly { readonly subject: string }[]> =>
      (await waybill.sandbox.ask<readonly { readonly subject: string }[]>('GET /groups')).filter(
        ({ subject }) => subject === 'Once',
      );
    const make = (by: MessagesClient) =>
      by.call('POST /v1/groups', {
        body: { subject: 'Once', participants: [`${friend.lid}@lid`] },
        headers: { 'idempotency-key': 'a-group' },
      });
    const check = (by: MessagesClient) =>
      by.call('POST /v1/numbers/check', { body: { numbers, sessionId: one.session.id } });

    it('those who asked are told that the answer is lost', async () => {
      // The first message of a user to each process waits for the view, which nobody writes later.
      for (const each of [one, two]) await two.until(await each.send(friend, 'before'), 'delivered');
      const answers = new HeldAnswers(redis.url);
      numbers = [`+${(await waybill.sandbox.newPhone()).number}`]; // whom nobody has looked up yet
      await waybill.sandbox.fault({ kind: 'freeze', number: one.session.phone.number, ms: 8000 });
      const asked = [make(one), check(two)];
      await answers.untilWorking(2);
      await answers.hold();
      await eventually(async () => (await groups()).length === 1, 30_000);
      await waybill.kill();
      await answers.release();
      for (const { status, body, headers } of await Promise.all(asked)) {
        expect([status, body.code]).toEqual([503, 'answer_lost']);
        expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      }
    }, 120_000);

    it('while it is gone, messages are accepted, and questions are 503', async () => {
      const asking = await check(one);
      expect([asking.status, asking.body.code]).toEqual([503, 'sessions_unavailable']);
      expect(Number(asking.headers['retry-after'])).toBeGreaterThan(0);
      for (const [n, text] of texts.entries()) ids.push(await (n % 2 === 0 ? one : two).send(friend, text));
      expect((await two.get(ids[0] as string)).status).toBe('queued');
      expect((await one.call(`GET /v1/sessions/${one.session.id}`)).status).toBe(200);
      const ready = await through(0).call('GET /health/ready');
      expect(ready.body).toMatchObject({
        status: 'ready',
        parts: { sessions: { detail: expect.stringMatching(/No process/) } },
      });
    });

    it('the next one sends those messages, and does nothing twice', async () => {
      await waybill.boot();
      const made = await eventually(async () => {
        const answer = await make(two);
        return answer.status === 201 && answer.body;
      }, 60_000);
      expect((await make(one)).body.id).toBe(made.id);
      expect(await groups()).toHaveLength(1);
      expect((await check(one)).body).toMatchObject([{ exists: true }]);
      for (const id of ids) await two.until(id, 'delivered', 60_000);
      expect((await shown()).filter((text) => text.startsWith('meanwhile')).toSorted()).toEqual(texts);
    }, 120_000);
  });

  it('a process that only answers requests is killed while it does: what was accepted is sent, nothing twice', async () => {
    const [first, second] = apis as readonly [ApiProcess, ApiProcess];
    const accepted: string[] = [];
    const send = async (index: number): Promise<void> => {
      const text = `under fire ${index}`;
      const body = { to: `+${friend.number}`, type: 'text', text: { body: text }, sessionId: one.session.id };
      const answers: unknown[] = [];
      for (const each of [two, one]) {
        const answer = await each
          .post(body, { 'idempotency-key': text.replaceAll(' ', '-') })
          .catch((error: unknown) => ({ error }));
        if ('status' in answer && answer.status === 202) {
          return void accepted.push((answer.body as { readonly id: string }).id);
        }
        answers.push('error' in answer ? answer.error : answer.text);
      }
      throw new Error(`Nobody accepted it: ${answers.join()}`);
    };
    const sending = Promise.all(Array.from({ length: 30 }, (_, index) => send(index)));
    await eventually(() => accepted.length > 3);
    await second.kill();
    await sending;
    expect(new Set(accepted).size).toBe(30);
    for (const id of accepted) await one.until(id, 'delivered', 60_000);
    const texts = (await shown()).filter((text) => text.startsWith('under fire'));
    expect(new Set(texts).size).toBe(30);
    expect(texts.length).toBe(30);
    expect(await first.shutDown()).toBe(0); // it is not listed any more at once, the other some time after it was killed
    await eventually(async () => (await processes(waybill)).length === 1, 40_000);
  }, 180_000);
});
