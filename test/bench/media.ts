import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '../sandbox/support/wait-until.js';
import { EventStreamClient } from '../support/event-stream.js';
import { MessagesClient } from '../support/messages-client.js';
import { openRawBaileys } from '../support/sandbox/raw-baileys.js';
import { startSandboxProcess } from '../support/sandbox/sandbox-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { ControlledSandbox } from '../support/waybill-sandbox.js';
import { Waybill } from '../support/waybill.js';
import { median, type Figure, type Measured } from './harness.js';

const fileMegabytes = 50;
const times = 3;
const rounds = 3;
const sendTimeoutMs = 120_000;

/** The same file, again and again to the same person. The service has it already: what is measured is how it reaches WhatsApp. */
const measure = async (): Promise<Measured> => {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'file.bin');
  await writeFile(path, randomBytes(fileMegabytes * 1_000_000));
  const sandbox = await startSandboxProcess();
  const raw = await openRawBaileys(sandbox, 1);
  const waybill = await Waybill.start({}, ControlledSandbox.at(sandbox));
  try {
    const client = await MessagesClient.link(waybill);
    const friend = await waybill.sandbox.newPhone();
    const mediaId = await uploaded(waybill, client, path);
    // Told, not asked for: each question would take time from what is measured, and learn the answer late.
    const { events } = await EventStreamClient.open(`${waybill.url}/v1/events`, {
      'x-api-key': client.session.user.key,
    });
    const isDelivered = (id: string): boolean =>
      events.some(({ type, data }) => type === 'message.delivered' && data.id === id);
    const send = async (count: number): Promise<number> => {
      const begun = performance.now();
      for (let sent = 0; sent < count; sent += 1) {
        const document = { mediaId, fileName: 'file.bin' };
        const { body } = await client.post({ to: `+${friend.number}`, type: 'document', document });
        await waitUntil('it is delivered', () => isDelivered(body.id as string), sendTimeoutMs);
      }
      return performance.now() - begun;
    };
    await raw.sendFile(path, 1);
    await send(1);
    const rate = (milliseconds: number): number => (times * fileMegabytes * 1000) / milliseconds;
    const measured: { floor: number; product: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      measured.push({ floor: rate(await raw.sendFile(path, times)), product: rate(await send(times)) });
    }
    return {
      ratio: median(measured.map(({ floor, product }) => product / floor)),
      value: median(measured.map(({ product }) => product)),
      floor: median(measured.map(({ floor }) => floor)),
      notes: [`the service holds ${Math.round(waybill.memory())} MB afterwards`],
    };
  } finally {
    raw.end();
    await waybill.end();
    await sandbox.end();
    await directory.remove();
  }
};

const uploaded = async (waybill: Waybill, client: MessagesClient, path: string): Promise<string> => {
  const answer = await fetch(`${waybill.url}/v1/media`, {
    method: 'POST',
    headers: { 'x-api-key': client.session.user.key, 'content-type': 'application/octet-stream' },
    body: ReadableStream.from(createReadStream(path)),
    duplex: 'half',
  } as RequestInit);
  return ((await answer.json()) as { readonly id: string }).id;
};

export const mediaFigures: readonly Figure[] = [
  {
    name: 'media-throughput',
    product: `a document of ${fileMegabytes} MB, from the request until the phone has confirmed it`,
    floor: 'raw Baileys with the same file on the same sandbox',
    unit: 'MB/s',
    aim: 0.8,
    run: measure,
  },
];
