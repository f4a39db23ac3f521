import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Waybill, type TestUser } from '../support/waybill.js';

const maxFileBytes = 1_500_000;
const batch = 50;

let waybill: Waybill;
let user: TestUser;

beforeAll(async () => {
  waybill = await Waybill.start();
  user = await waybill.newUser();
});
afterAll(() => waybill.end());

const state = async (): Promise<{ readonly trouble: string | null; readonly dropped: number }> =>
  ((await waybill.admin('GET /v1/admin/system')).body as { requestLog: { trouble: string | null; dropped: number } })
    .requestLog;

it('a full disk neither fails nor delays requests that are logged, and none is missing afterwards', async () => {
  waybill.limitFiles(maxFileBytes);
  const ask = () => waybill.call('GET /v1/limits', { key: user.key });
  let asked = 0;
  await eventually(async () => {
    const answers = await Promise.all(Array.from({ length: batch }, ask));
    asked += batch;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    return (await state()).trouble !== null;
  }, 120_000);
  expect((await ask()).status).toBe(200);
  expect((await state()).trouble).not.toBeNull(); // so it did not wait for the disk
  asked += 1;
  await eventually(() => waybill.output().includes('Requests cannot be logged'));

  waybill.limitFiles(undefined);
  await eventually(async () => (await state()).trouble === null, 60_000);
  expect((await state()).dropped).toBe(0);
  let found = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await waybill.admin(`GET /v1/admin/api-log?userId=${user.id}&route=/v1/limits&limit=100${more}`);
    const { data, next } = page.body as { readonly data: readonly object[]; readonly next: string | null };
    found += data.length;
    cursor = next;
  }
  expect(found).toBe(asked);
}, 240_000);
