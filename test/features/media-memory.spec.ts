import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';

const megabyte = 1024 * 1024;
const documentMegabytes = 99;
const maxRiseMegabytes = 40;
/** Together much more than they may add. */
const [atOnce, megabytesOfEach, maxRiseOfAllMegabytes] = [20, 10, 75];

let waybill: Waybill;
let sender: MessagesClient;
let receiver: MessagesClient;

beforeAll(async () => {
  waybill = await Waybill.start();
  sender = await MessagesClient.link(waybill);
  receiver = await MessagesClient.link(waybill);
}, 240_000);

afterAll(() => waybill.end());

/** So many megabytes of noise, and the hash of all that was read. */
const noise = (megabytes: number) => {
  const hash = createHash('sha256');
  const bytes = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = randomBytes(megabyte);
      hash.update(chunk);
      controller.enqueue(chunk);
      if ((megabytes -= 1) === 0) controller.close();
    },
  });
  return { bytes, sha256: () => hash.digest('hex') };
};

const upload = async (bytes: ReadableStream<Uint8Array>): Promise<{ readonly id: string; readonly sha256: string }> => {
  const headers = { 'x-api-key': sender.session.user.key, 'content-type': 'application/octet-stream' };
  const init = { method: 'POST', headers, body: bytes, duplex: 'half' } as RequestInit;
  return (await (await fetch(`${waybill.url}/v1/media`, init)).json()) as {
    readonly id: string;
    readonly sha256: string;
  };
};

const hashOf = async (id: string): Promise<string> => {
  const headers = { 'x-api-key': receiver.session.user.key };
  const answer = await fetch(`${waybill.url}/v1/media/${id}`, { headers });
  const hash = createHash('sha256');
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('hex');
};

/** Uploads a document, sends it from one session to another, and downloads what came. */
const roundTrip = async (megabytes: number): Promise<void> => {
  const { bytes, sha256 } = noise(megabytes);
  const { id: mediaId, ...uploaded } = await upload(bytes);
  const sent = sha256();
  expect(uploaded.sha256).toBe(sent);
  const to = `+${receiver.session.phone.number}`;
  const answer = await sender.post({ to, type: 'document', document: { mediaId }, sessionId: sender.session.id });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  type Listed = {
    readonly data: readonly { readonly document: { readonly sha256?: string; readonly mediaId: string } }[];
  };
  const received = await eventually(async () => {
    const { body } = await receiver.list({ direction: 'incoming', type: 'document' });
    return (body as Listed).data.find(({ document }) => document.sha256 === sent) ?? false;
  }, 120_000);
  expect(await hashOf(received.document.mediaId)).toBe(sent);
};

/** Does something; answers the most megabytes that the service held meanwhile. */
const peakDuring = async (work: () => Promise<unknown>): Promise<number> => {
  let most = waybill.memory();
  const watching = setInterval(() => (most = Math.max(most, waybill.memory())), 50);
  try {
    await work();
  } finally {
    clearInterval(watching);
  }
  return most;
};

/** Uploads a document, and sends it to a new person, who gets it. */
const sendToSomebody = async (megabytes: number): Promise<void> => {
  const { number } = await waybill.sandbox.newPhone();
  const { id: mediaId } = await upload(noise(megabytes).bytes);
  const document = { mediaId, fileName: 'plans.bin' };
  const { body } = await sender.post({ to: `+${number}`, type: 'document', document, sessionId: sender.session.id });
  await sender.until(body.id as string, 'delivered', 120_000);
};

describe('memory', () => {
  it('does not grow with the size of a document that is uploaded, sent, received and downloaded', async () => {
    await roundTrip(1); // what is loaded at first use
    await roundTrip(20);
    const before = waybill.memory();
    const most = await peakDuring(() => roundTrip(documentMegabytes));
    expect(most - before).toBeLessThan(maxRiseMegabytes);
  }, 240_000);

  it('grows little more with twenty documents that are sent at once', async () => {
    const before = waybill.memory();
    const most = await peakDuring(() =>
      Promise.all(Array.from({ length: atOnce }, () => sendToSomebody(megabytesOfEach))),
    );
    expect(most - before).toBeLessThan(maxRiseOfAllMegabytes);
  }, 240_000);
});
