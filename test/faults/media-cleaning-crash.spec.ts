import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { ServiceClock } from '../support/service-clock.js';
import { Waybill } from '../support/waybill.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const files = 60;
/** When it is killed: once so many files are cleaned, or so many more contents removed, or all that are no longer needed. */
const moments = [{ cleaned: 9 }, { removed: 1 }, { removed: 20 }] as const;

let clock: ServiceClock;
let waybill: Waybill;

beforeAll(async () => {
  clock = await ServiceClock.create();
  waybill = await Waybill.start(clock.variables);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await clock.remove();
});

const stored = async (): Promise<readonly string[]> =>
  (await readdir(join(waybill.dataDirectory, 'media'), { recursive: true, withFileTypes: true })).flatMap((entry) =>
    entry.isFile() ? entry.name : [],
  );

const whileTimePasses = (check: () => Promise<boolean>): Promise<unknown> => clock.passUntil(check, 120_000);

it('a service that is killed again and again while it cleans loses no file that is not cleaned, and leaves no content behind', async () => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  const { user, id: sessionId } = client.session;
  const media = () => new MediaClient(waybill, user.key);
  await waybill.call(`POST /v1/sessions/${sessionId}/stop`, { key: user.key });
  const uploaded = new Map<string, Buffer>();
  const needed = new Set<string>();
  for (let index = 0; index < files; index += 1) {
    const bytes = randomBytes(500);
    const { id } = (await media().upload(bytes)).body as { readonly id: string };
    uploaded.set(id, bytes);
    if (index % 10 > 0) continue;
    const message = { to: `+${friend.number}`, type: 'document', document: { mediaId: id } };
    expect((await client.post(message)).status).toBe(202);
    needed.add(id);
  }

  /** Those that can be had, each of which is whole; the others are known to be cleaned. */
  const there = async (): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    for (const [id, expected] of uploaded) {
      const { status, bytes } = await media().download(id);
      expect([200, 410]).toContain(status);
      if (status !== 200) continue;
      expect(bytes.equals(expected)).toBe(true);
      found.add(id);
    }
    return found;
  };

  await clock.shift(31 * dayMs);
  const ids = [...uploaded.keys()];
  for (const moment of moments) {
    const before = (await stored()).length;
    await whileTimePasses(async () =>
      'cleaned' in moment
        ? (await media().download(ids[moment.cleaned]!)).status === 410
        : (await stored()).length <= Math.max(needed.size, before - moment.removed),
    );
    await waybill.kill();
    await waybill.boot();
    const left = await there();
    for (const id of needed) expect(left).toContain(id);
  }

  await whileTimePasses(async () => (await stored()).length === needed.size);
  expect(await there()).toEqual(needed);
  const hashes = [...needed].map((id) => createHash('sha256').update(uploaded.get(id)!).digest('hex'));
  expect((await stored()).toSorted()).toEqual(hashes.toSorted());
  await waybill.call(`POST /v1/sessions/${sessionId}/restart`, { key: user.key });
  await eventually(async () => {
    const arrived = await waybill.sandbox.messages<{ readonly media?: { readonly sha256: string } }>(friend.number);
    return hashes.every((hash) => arrived.some((message) => message.media?.sha256 === hash));
  }, 60_000);
}, 400_000);
