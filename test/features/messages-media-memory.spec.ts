import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';

const megabyte = 1_000_000;
/** The largest document. */
const fileMegabytes = 100;
const maxRiseMegabytes = 40;
const maxRiseOfTwentyMegabytes = 150;

let waybill: Waybill;
let client: MessagesClient;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
}, 240_000);

afterAll(() => waybill.end());

/** Uploads a file of so many megabytes, which never is in memory as a whole; answers its id and its hash. */
const uploaded = async (megabytes: number): Promise<{ readonly mediaId: string; readonly sha256: string }> => {
  const hash = createHash('sha256');
  const chunks = async function* () {
    for (let n = 0; n < megabytes; n += 1) {
      const chunk = randomBytes(megabyte);
      hash.update(chunk);
      yield chunk;
    }
  };
  const answer = await fetch(`${waybill.url}/v1/media`, {
    method: 'POST',
    headers: { 'x-api-key': client.session.user.key, 'content-type': 'application/octet-stream' },
    body: ReadableStream.from(chunks()),
    duplex: 'half',
  } as RequestInit);
  const body = (await answer.json()) as { readonly id: string };
  expect(answer.status).toBe(201);
  return { mediaId: body.id, sha256: hash.digest('hex') };
};

/** Does something; answers the most megabytes that the service held meanwhile. */
const peakDuring = async (work: () => Promise<void>): Promise<number> => {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, waybill.memory())), 50);
  await work();
  clearInterval(timer);
  return peak;
};

/** Uploads and sends a document of so many megabytes to a new person; answers whom, and its hash, once it was delivered. */
const send = async (megabytes: number): Promise<{ readonly number: string; readonly sha256: string }> => {
  const { number } = await waybill.sandbox.newPhone();
  const { mediaId, sha256 } = await uploaded(megabytes);
  const document = { mediaId, fileName: 'plans.bin' };
  const answer = await client.post({ to: `+${number}`, type: 'document', document });
  await client.until(answer.body.id as string, 'delivered', 120_000);
  return { number, sha256 };
};

it('sends a document of 100 MB without holding it in memory', async () => {
  // Loads whatever is loaded late, and lets the heaps of both threads grow to what any work makes of them.
  for (let n = 0; n < 2; n += 1) await send(10);
  let sent = { number: '', sha256: '' };
  let rise = Infinity;
  // Where the machine is busy, garbage is collected late: a file that is held in memory shows each time.
  for (let attempt = 0; attempt < 3 && rise >= maxRiseMegabytes; attempt += 1) {
    const before = waybill.memory();
    const peak = await peakDuring(async () => {
      sent = await send(fileMegabytes);
    });
    rise = peak - before;
  }
  expect(rise).toBeLessThan(maxRiseMegabytes);

  const [message] = await waybill.sandbox.messages<{ readonly id: string }>(sent.number);
  const onPhone = await waybill.sandbox.file(sent.number, message!.id);
  expect(createHash('sha256').update(onPhone).digest('hex')).toBe(sent.sha256);
}, 300_000);

it('sends twenty documents at once with little more', async () => {
  const before = waybill.memory();
  const peak = await peakDuring(async () => {
    await Promise.all(Array.from({ length: 20 }, () => send(20)));
  });
  expect(peak - before).toBeLessThan(maxRiseOfTwentyMegabytes);
}, 300_000);
