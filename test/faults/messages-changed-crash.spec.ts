import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/http.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';

type OnPhone = {
  readonly id: string;
  readonly direction: string;
  readonly type: string;
  readonly text?: string;
  readonly duplicate?: boolean;
};

const edits = 30;
const minKills = 6;

let waybill: Waybill;

beforeAll(async () => {
  waybill = await Waybill.start();
});

afterAll(() => waybill.end());

/** Asks again until there is an answer: the service is killed all the time. */
const answered = (ask: () => Promise<Answer>): Promise<Answer> =>
  eventually(async () => {
    const answer = await ask();
    if (answer.status >= 400 && answer.status < 500) throw new Error(answer.text);
    return answer.status === 202 && answer;
  }, 120_000);

it('changes of messages are made once and in order, however often the service is killed meanwhile', async () => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  const id = await client.send(friend, 'edit 0');
  await client.until(id, 'delivered');

  const change = async (): Promise<void> => {
    for (let n = 1; n <= edits; n += 1) {
      await answered(() => client.call(`PATCH /v1/messages/${id}`, { body: { text: { body: `edit ${n}` } } }));
      await delay(Math.random() * 300); // so that the kills fall between, too
    }
    await answered(() => client.call(`DELETE /v1/messages/${id}`));
  };
  const progress = { isOver: false };
  const changing = change().finally(() => (progress.isOver = true));
  let kills = 0;
  while (!progress.isOver || kills < minKills) {
    await delay(Math.random() * 1500);
    await waybill.kill();
    kills += 1;
    await waybill.boot();
  }
  await changing;

  await eventually(async () => {
    const { timeline } = await client.get(id);
    return timeline.some(({ event }) => event === 'revoked');
  }, 60_000);
  const onPhone = await waybill.sandbox.messages<OnPhone>(friend.number);
  const shown = onPhone.filter(({ direction, duplicate }) => direction === 'incoming' && duplicate !== true);
  // An edit that was answered by a killed service is asked for twice: then it is one more edit, with the same text.
  const texts = shown.map(({ text }) => text).filter((text, n, all) => n === 0 || text !== all[n - 1]);
  expect(texts).toEqual([...Array.from({ length: edits + 1 }, (_, n) => `edit ${n}`), undefined]);
  const requested = (await client.get(id)).timeline.filter(({ event }) => event === 'edit_requested').length;
  expect(shown.filter(({ type }) => type === 'edit')).toHaveLength(requested);
  expect(shown.filter(({ type }) => type === 'revoke')).toHaveLength(1);
}, 300_000);
