import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let ada: SandboxPhone;
let bob: SandboxPhone;
let ids: readonly string[];

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  bob = await waybill.sandbox.newPhone({ name: 'Bob' });
  await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { exists: false });
  ids = [
    await client.send(ada, 'Café Ångström opens at nine'),
    await client.send(ada, 'Your parcel 4711 is here'),
    await client.send(bob, 'Your parcel 4712 is lost'),
  ];
  await client.until(ids[0]!, 'delivered');
  await client.until(ids[1]!, 'delivered');
  await client.until(ids[2]!, 'failed');
  const said = { to: client.session.phone.number, type: 'text', text: 'Thanks for the parcel' };
  await waybill.sandbox.ask(`POST /phones/${ada.number}/messages`, said);
  await eventually(async () => (await client.list({ direction: 'incoming' })).body.data.length === 1);
});

type Listed = {
  readonly data: readonly { readonly id: string; readonly text: { readonly body: string } }[];
  readonly next: string | null;
};
const bodies = async (query: Record<string, string>): Promise<readonly string[]> => {
  const answer = await client.list(query);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return (answer.body as Listed).data.map(({ text }) => text.body);
};
const [cafe, parcel, lost, thanks] = [
  'Café Ångström opens at nine',
  'Your parcel 4711 is here',
  'Your parcel 4712 is lost',
  'Thanks for the parcel',
];

describe('the list of messages', () => {
  it('is newest first', async () => {
    expect(await bodies({})).toEqual([thanks, lost, parcel, cafe]);
  });

  it('is filtered by each of its fields, and by several', async () => {
    expect(await bodies({ chat: `+${ada.number}` })).toEqual([thanks, parcel, cafe]);
    expect(await bodies({ chat: `${bob.number}@s.whatsapp.net` })).toEqual([lost]);
    expect(await bodies({ direction: 'outgoing' })).toEqual([lost, parcel, cafe]);
    expect(await bodies({ status: 'failed' })).toEqual([lost]);
    expect(await bodies({ status: 'received' })).toEqual([thanks]);
    expect(await bodies({ type: 'text' })).toHaveLength(4);
    expect(await bodies({ type: 'image' })).toEqual([]);
    expect(await bodies({ sessionId: client.session.id })).toHaveLength(4);
    expect(await bodies({ chat: ada.number, direction: 'outgoing', q: 'parcel' })).toEqual([parcel]);
  });

  it('is bounded by time, the start included', async () => {
    const [, second] = await Promise.all(ids.map((id) => client.get(id)));
    const from = (second as unknown as { readonly createdAt: string }).createdAt;
    expect(await bodies({ from })).toEqual([thanks, lost, parcel]);
    expect(await bodies({ to: from })).toEqual([cafe]);
    expect(await bodies({ from: from.replace('Z', '+00:00'), direction: 'outgoing' })).toEqual([lost, parcel]);
    expect(await bodies({ from: '2100-01-01T00:00:00Z' })).toEqual([]);
  });

  it('is searched by words and their beginnings, whatever their case and accents', async () => {
    expect(await bodies({ q: 'parcel' })).toEqual([thanks, lost, parcel]);
    expect(await bodies({ q: 'PARC 471' })).toEqual([lost, parcel]);
    expect(await bodies({ q: 'angstrom' })).toEqual([cafe]);
    expect(await bodies({ q: '47' })).toEqual([]);
    expect(await bodies({ q: 'nobody' })).toEqual([]);
    expect(await bodies({ q: '" OR * --' })).toEqual([]);
  });

  it('is paged, each message once, while new ones arrive', async () => {
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const answer = await client.list({ limit: '2', q: 'parcel', ...(next !== '' && { cursor: next }) });
      const page = answer.body as Listed;
      seen.push(...page.data.map(({ text }) => text.body));
      next = page.next;
      await client.send(ada, 'another parcel');
    }
    expect(seen).toEqual([thanks, lost, parcel]);
  });

  it.each([
    'limit=0',
    'limit=101',
    'status=gone',
    'direction=up',
    'type=smoke',
    'chat=nobody',
    'from=today',
    'q=',
    'q=one+two+three+four+five+six+seven',
    'color=red',
    'limit=1&limit=2',
  ])('refuses %s', async (query) => {
    expect((await client.call(`GET /v1/messages?${query}`)).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
    });
  });

  it('shows a message right after it was accepted', async () => {
    for (let n = 0; n < 20; n += 1) {
      const id = await client.send(ada, `just now ${n}`);
      expect(((await client.list({ limit: '1' })).body as Listed).data[0]?.id).toBe(id);
    }
  });
});

describe('the reference of a message', () => {
  it('finds it', async () => {
    const text = { to: ada.number, type: 'text', text: { body: 'referred' }, sessionId: client.session.id };
    await client.post({ ...text, reference: 'order-4711' });
    await client.post({ ...text, reference: 'order-4712' });
    expect(await bodies({ reference: 'order-4711' })).toEqual(['referred']);
    expect(await bodies({ reference: 'order-47' })).toEqual([]);
  });
});

describe('admins', () => {
  it('see the messages of all users, with their owners and timelines', async () => {
    const other = await MessagesClient.link(waybill);
    const id = await other.send(ada, 'from the lighthouse');
    const all = await eventually(async () => {
      const { data } = (await waybill.admin('GET /v1/admin/messages?q=lighthouse')).body as Listed;
      return data.length > 0 && data; // what others wrote, an admin sees a moment later
    });
    expect(all).toMatchObject([{ id, userId: other.session.user.id }]);
    const own = await waybill.admin(`GET /v1/admin/messages?userId=${client.session.user.id}&q=lighthouse`);
    expect(own.body).toEqual({ data: [], next: null });
    const one = (await waybill.admin(`GET /v1/admin/messages/${id}`)).body;
    expect(one).toMatchObject({
      id,
      userId: other.session.user.id,
      timeline: [{ event: 'queued' }, ...(one.timeline as object[]).slice(1)],
    });
  });
});

describe('an Idempotency-Key', () => {
  const body = (text: string) => ({ to: ada.number, type: 'text', text: { body: text } });
  const key = (name: string) => ({ 'idempotency-key': name });

  it('makes one message of twenty simultaneous requests', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.post(body('once'), key('once'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => (body as { readonly id: string }).id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(19);
    await client.until(answers[0]!.body.id, 'delivered');
    const received = await waybill.sandbox.messages<{ readonly text: string }>(ada.number);
    expect(received.filter(({ text }) => text === 'once')).toHaveLength(1);
  });

  it('is refused for another message', async () => {
    await client.post(body('this'), key('used'));
    expect((await client.post(body('that'), key('used'))).body).toMatchObject({
      status: 409,
      code: 'idempotency_key_reused',
    });
  });

  it('is not used up by a message that was refused', async () => {
    expect((await client.post({ ...body('mended'), to: 'nobody' }, key('mended'))).status).toBe(422);
    const mended = await client.post(body('mended'), key('mended'));
    expect([mended.status, mended.headers['idempotent-replayed']]).toEqual([202, undefined]);
    await client.until((mended.body as { readonly id: string }).id, 'delivered');
    expect((await client.post(body('mended'), key('mended'))).text).toBe(mended.text);
  });
});

describe('the daily quota', () => {
  it('accepts exactly as many messages as allowed, however many come at once, and counts no refused ones', async () => {
    const limited = await MessagesClient.link(waybill, await waybill.newUser({ maxMessagesPerDay: 10 }));
    const post = (to: string, headers = {}) => limited.post({ to, type: 'text', text: { body: 'counted' } }, headers);
    expect((await post('nonsense')).status).toBe(422);
    const answers = await Promise.all(Array.from({ length: 40 }, () => post(ada.number)));
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 429);
    expect([accepted.length, refused.length]).toEqual([10, 30]);
    expect(accepted.map(({ headers }) => Number(headers['x-quota-remaining'])).toSorted((a, b) => a - b)[0]).toBe(0);
    const [first] = refused;
    expect(first?.body).toMatchObject({ code: 'daily_quota_exceeded' });
    expect(first?.headers).toMatchObject({ 'x-quota-limit': '10', 'x-quota-remaining': '0' });
    expect(Number(first?.headers['retry-after'])).toBeGreaterThan(0);
    expect(first?.headers['retry-after']).toBe(first?.headers['x-quota-reset']);

    await waybill.admin(`PATCH /v1/admin/users/${limited.session.user.id}`, {
      body: { limits: { maxMessagesPerDay: 12 } },
    });
    const more = { 'idempotency-key': 'eleventh' };
    await eventually(async () => (await post(ada.number, more)).status === 202);
    const replayed = await post(ada.number, more);
    expect(replayed.headers['idempotent-replayed']).toBe('true');
    expect((await post(ada.number)).headers['x-quota-remaining']).toBe('0');
    expect((await post(ada.number)).status).toBe(429);
    const left = { limit: 12, used: 12, remaining: 0, resetAfter: expect.any(Number), resetsAt: expect.any(String) };
    expect((await limited.call('GET /v1/limits')).body.messages).toEqual(left);
    const asAdmin = await waybill.admin(`GET /v1/admin/users/${limited.session.user.id}/limits`);
    expect(asAdmin.body).toMatchObject({ messages: { used: 12 }, limits: { maxMessagesPerDay: 12 }, timeZone: 'UTC' });
  });
});
