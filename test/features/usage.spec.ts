import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/http.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { newPicture } from '../support/pictures.js';
import { Waybill } from '../support/waybill.js';

let waybill: Waybill;
let client: MessagesClient;
let picture: Buffer;

type Row = { readonly group: string; readonly [figure: string]: unknown };
type Usage = { readonly data: readonly Row[]; readonly total: Row; readonly from: string; readonly to: string };

const ask = (query = '', accept = 'application/json'): Promise<Answer> =>
  client.call(`GET /v1/usage${query}`, { headers: { accept } });
const usage = async (query = ''): Promise<Usage> => (await ask(query)).body as Usage;
const asAdmin = (route: string): Promise<Answer> => waybill.admin(route);

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  const ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  const bob = await waybill.sandbox.newPhone({ name: 'Bob' });
  await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { exists: false });
  picture = await newPicture('jpeg');
  const image = { to: `+${ada.number}`, type: 'image', image: { data: picture.toString('base64') } };
  const sentImage = (await client.post(image)).body as { readonly id: string };
  await client.until(await client.send(ada, 'Hello'), 'delivered');
  await client.until(sentImage.id, 'delivered');
  await client.until(await client.send(bob, 'Nobody'), 'failed');
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const later = { to: `+${ada.number}`, type: 'text', text: { body: 'Later' }, scheduledAt };
  const scheduled = (await client.post(later)).body as { readonly id: string };
  await client.call(`POST /v1/messages/${scheduled.id}/cancel`);
  const said = { to: client.session.phone.number, type: 'text', text: 'Hi' };
  await waybill.sandbox.ask(`POST /phones/${ada.number}/messages`, said);
  await eventually(async () => (await usage()).total['received'] === 1);
});

afterAll(() => waybill.end());

describe('what was used', () => {
  it('is told by day, with the days on which nothing was', async () => {
    const { data, total } = await usage();
    const figures = { accepted: 4, sent: 2, delivered: 2, failed: 1, canceled: 1, received: 1 };
    expect(total).toMatchObject({ ...figures, mediaBytesSent: picture.length, mediaBytesReceived: 0 });
    expect(data).toHaveLength(30);
    expect(data[0]).toMatchObject({ accepted: 0, received: 0 });
  });

  it('is told by kind of content, by session, by hour and by reason of failure', async () => {
    expect((await usage('?groupBy=kind')).data).toEqual([
      expect.objectContaining({ group: 'image', accepted: 1, sent: 1, delivered: 1, failed: 0 }),
      expect.objectContaining({ group: 'text', accepted: 3, sent: 1, delivered: 1, failed: 1 }),
    ]);
    expect((await usage('?groupBy=session')).data).toEqual([
      expect.objectContaining({ group: client.session.id, accepted: 4 }),
    ]);
    const byCode = (await usage('?groupBy=code')).data;
    expect(byCode).toEqual([expect.objectContaining({ failed: 1, accepted: 0 })]);
    expect(byCode[0]?.group).toMatch(/^[a-z_]+$/);
    const today = new Date().toISOString().slice(0, 10);
    const byHour = await usage(`?groupBy=hour&from=${today}&to=${today}&timeZone=UTC`);
    expect([byHour.data.length, byHour.data[0]?.group]).toEqual([24, `${today}T00:00+00:00`]);
  });

  it('is told of a period, of one session, and refused where the question makes no sense', async () => {
    const past = await usage('?from=2026-03-29&to=2026-03-29&timeZone=Europe/Berlin');
    expect([past.from, past.to]).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
    expect(past.total['accepted']).toBe(0);
    expect((await usage(`?sessionId=${client.session.id}`)).total['accepted']).toBe(4);
    expect((await usage(`?sessionId=${client.session.user.id}`)).total['accepted']).toBe(0);
    expect(await ask('?timeZone=Mars/Olympus')).toMatchObject({ status: 422, body: { code: 'unknown_time_zone' } });
    expect(await ask('?from=2026-02-02&to=2026-02-01')).toMatchObject({
      status: 422,
      body: { code: 'period_invalid' },
    });
    expect(await ask('?from=yesterday')).toMatchObject({ status: 400, body: { errors: [{ path: 'from' }] } });
    expect(await ask('?groupBy=user')).toMatchObject({ status: 400 });
  });

  it('comes as CSV for a spreadsheet', async () => {
    const { text, headers } = await ask('?groupBy=kind', 'text/csv');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [header, image, ...rest] = text.split('\r\n');
    expect(header).toBe(
      'kind,accepted,sent,delivered,read,played,failed,canceled,received,mediaBytesSent,mediaBytesReceived,connectedMinutes,webhookAttempts,webhooksDelivered,webhooksParked,requests',
    );
    expect(image).toBe(`image,1,1,1,0,0,0,0,0,${picture.length},0,0,0,0,0,0`);
    expect(rest).toHaveLength(2);
    const query = '?groupBy=hour&from=2026-10-25&to=2026-10-25&timeZone=Europe/Berlin';
    const hours = (await ask(query, 'text/csv')).text.split('\r\n');
    expect(hours.slice(0, 5).map((line) => line.split(',').slice(0, 4))).toEqual([
      ['day', 'hour', 'utcOffsetMinutes', 'accepted'],
      ['2026-10-25', '0', '120', '0'],
      ['2026-10-25', '1', '120', '0'],
      ['2026-10-25', '2', '120', '0'],
      ['2026-10-25', '2', '60', '0'],
    ]);
  });

  it('is shown to its user and to admins, and to no other user', async () => {
    const other = await waybill.newUser();
    const theirs = await waybill.call('GET /v1/usage', { key: other.key });
    expect((theirs.body as Usage).total['accepted']).toBe(0);
    const all = (await asAdmin('GET /v1/admin/usage?groupBy=user')).body as Usage;
    expect(all.data).toEqual(
      expect.arrayContaining([expect.objectContaining({ group: client.session.user.id, accepted: 4 })]),
    );
    const one = (await asAdmin(`GET /v1/admin/usage?userId=${other.id}`)).body as Usage;
    expect(one.total['accepted']).toBe(0);
  });

  it('is the same when it is counted anew from the log', async () => {
    // Requests are no events, and connections go on.
    const counted = async () => {
      const { total, data } = await usage('?groupBy=kind');
      return { data, total: { ...total, requests: 0, connectedMinutes: 0 } };
    };
    const before = await counted();
    expect(await asAdmin('POST /v1/admin/projections/usage/rebuild')).toMatchObject({ status: 202 });
    await eventually(() => waybill.output().includes('View rebuilt'));
    expect(await counted()).toEqual(before);
  });

  it('has the requests of a user, which are counted beside the log', async () => {
    const user = await waybill.newUser();
    for (let n = 0; n < 5; n += 1) await waybill.call('GET /v1/limits', { key: user.key });
    const get = async (route: string) => (await asAdmin(`GET /v1/admin/usage${route}userId=${user.id}`)).body as Usage;
    await eventually(async () => expect((await get('?')).total).toMatchObject({ requests: 5, accepted: 0 }));
    const today = new Date().toISOString().slice(0, 10);
    expect((await get('?groupBy=day&')).data.at(-1)).toMatchObject({ group: today, requests: 5 });
    expect((await get('?groupBy=user&')).data).toEqual([expect.objectContaining({ group: user.id, requests: 5 })]);
    expect((await get(`?sessionId=${client.session.id}&`)).total).toMatchObject({ requests: 0 });
    await waybill.shutDown();
    await waybill.boot();
    expect((await get('?')).total).toMatchObject({ requests: 5 });
  });
});
