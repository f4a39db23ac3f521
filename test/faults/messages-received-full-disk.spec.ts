import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient, receivedTexts } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';

const burst = 20;

let waybill: Waybill;

beforeAll(async () => {
  waybill = await Waybill.start();
});

afterAll(() => waybill.end());

it('messages that come while the disk is full are recorded once, in order, and nobody is asked for them again', async () => {
  const { sandbox } = waybill;
  const client = await MessagesClient.link(waybill);
  const friend = await sandbox.newPhone();
  await sandbox.ask('PUT /transcript', { enabled: true, capacity: 10_000 });
  const written: string[] = [];
  const write = async (): Promise<void> => {
    const message = { to: client.session.phone.number, type: 'text', text: `message ${written.length}` };
    await sandbox.ask(`POST /phones/${friend.number}/messages`, message);
    written.push(message.text);
  };
  const areRecorded = () =>
    eventually(async () => (await receivedTexts(client, friend)).length >= written.length, 60_000);

  await write();
  await areRecorded();
  waybill.limitFiles(1);
  for (let n = 0; n < burst; n += 1) await write();
  await eventually(() => waybill.output().includes('The keys of a session could not be stored'));
  expect((await receivedTexts(client, friend)).length).toBe(1);
  waybill.limitFiles(undefined);
  await write();
  await areRecorded();
  expect(await receivedTexts(client, friend)).toEqual(written);
  expect(await sandbox.retryReceipts()).toEqual([]);
}, 180_000);
