import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';

type Parked = {
  readonly id: string;
  readonly eventType: string;
  readonly subscription: string;
  readonly error: string;
};

let waybill: Waybill;
beforeAll(async () => void (waybill = await Waybill.start()));
afterAll(() => waybill.end());

const parked = async () => (await waybill.admin('GET /v1/admin/parked')).body.data as readonly Parked[];

/** Changes the event of a message on the disk, while the service is stopped. Answers its position. */
const damage = (messageId: string, type: string): number => {
  const db = new Database(join(waybill.dataDirectory, 'events.db'));
  const find = db.prepare('SELECT position FROM events WHERE stream = ? AND type = ?').pluck();
  const position = Number(find.get(`message-${messageId}`, type));
  db.prepare(`UPDATE events SET data = '{"lost":true}' WHERE position = ?`).run(position);
  db.close();
  return position;
};

it('a report that cannot be recorded is shown to admins, and recorded once they have repaired what kept it from being so', async () => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { online: false });
  const id = await client.send(friend, 'arrives later');
  await client.until(id, 'sent');
  await waybill.shutDown();
  const position = damage(id, 'MessageSent');
  await waybill.boot();
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { online: true });

  const [kept] = await eventually(async () => (await parked()).length > 0 && (await parked()), 60_000);
  expect(kept).toMatchObject({ subscription: 'unrecorded-reports', eventType: 'ReportNotRecorded' });
  expect(kept?.error).toContain(`Event ${position} is corrupt`);
  const retry = () => waybill.admin(`POST /v1/admin/parked/${kept?.id}/retry`);
  await retry();
  expect(await parked()).toHaveLength(1);

  const reason = { reason: 'a bad sector' };
  const passOver = `POST /v1/admin/damaged-events/${position}/pass-over`;
  expect((await waybill.admin(passOver, { body: reason })).status).toBe(204);
  expect((await retry()).status).toBe(200);
  await client.until(id, 'delivered');
  expect(await parked()).toEqual([]);
}, 120_000);
