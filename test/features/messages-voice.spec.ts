import { beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { halfSilentRecording } from '../support/opus.js';
import { sampleFiles } from '../support/sample-files.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

type OnPhone = {
  readonly direction: string;
  readonly media?: { readonly fileLength: number; readonly seconds?: number; readonly waveform?: readonly number[] };
};

const send = async (recording: Buffer, how: object): Promise<string> => {
  const audio = { data: recording.toString('base64'), ...how };
  const { status, text, body } = await client.post({ to: `+${friend.number}`, type: 'audio', audio });
  expect([status, text]).toEqual([202, expect.any(String)]);
  await client.until(body.id as string, 'delivered');
  return body.id as string;
};

/** What the friend’s phone shows of a recording. */
const shownOf = ({ length }: Buffer): Promise<NonNullable<OnPhone['media']>> =>
  eventually(async () => {
    const messages = await waybill.sandbox.messages<OnPhone>(friend.number);
    return messages.findLast(({ media }) => media?.fileLength === length)?.media ?? false;
  });

const meanOf = (bars: readonly number[]): number => bars.reduce((sum, bar) => sum + bar, 0) / bars.length;

it('a voice message shows how long it is, and how loud from start to end', async () => {
  const recording = halfSilentRecording(20);
  await send(recording, { voice: true });
  const { seconds, waveform } = await shownOf(recording);
  expect([seconds, waveform?.length]).toEqual([20, 64]);
  expect(meanOf(waveform!.slice(0, 31))).toBeLessThan(1);
  expect(meanOf(waveform!.slice(33))).toBeGreaterThan(10);
});

it('a voice message that a phone could not decrypt is repeated as it was', async () => {
  const recording = halfSilentRecording(11);
  await waybill.sandbox.fault({ kind: 'retry', number: friend.number });
  await send(recording, { voice: true });
  expect((await shownOf(recording)).waveform).toHaveLength(64);
});

it('a voice message is shown as one above an answer, with how long it is', async () => {
  const replyTo = await send(halfSilentRecording(7), { voice: true });
  const answer = await client.post({ to: `+${friend.number}`, type: 'text', text: { body: 'Heard' }, replyTo });
  await client.until(answer.body.id as string, 'delivered');
  const messages = await waybill.sandbox.messages<{ readonly quoted?: object }>(friend.number);
  expect(messages.at(-1)?.quoted).toMatchObject({ type: 'audio', media: { voice: true, seconds: 7 } });
});

it('a recording that cannot be decoded, or is no voice message, is sent without', async () => {
  const broken = await sampleFiles.voice();
  await send(broken, { voice: true });
  expect(await shownOf(broken)).not.toHaveProperty('waveform');
  const song = halfSilentRecording(3);
  await send(song, {});
  expect(await shownOf(song)).not.toHaveProperty('waveform');
});
