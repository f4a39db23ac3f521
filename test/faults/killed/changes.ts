import { expect } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Answer } from '../../support/http.js';
import { MessagesClient } from '../../support/messages-client.js';
import type { Waybill } from '../../support/waybill.js';
import type { Kills, Scenario } from './scenario.js';

type OnPhone = {
  readonly direction: string;
  readonly type: string;
  readonly text?: string;
  readonly duplicate?: boolean;
};

/** So that some kills fall between two changes. */
const longestPauseMs = 300;
const editsPerRun = 5;

/** Asks again until there is an answer: the service is killed all the time. */
const answered = (ask: () => Promise<Answer>): Promise<Answer> =>
  eventually(async () => {
    const answer = await ask();
    if (answer.status >= 400 && answer.status < 500) throw new Error(answer.text);
    return answer.status === 202 && answer;
  }, 120_000);

/** Edits one message until told to stop, and deletes it: each change is made once, and in order. */
export const changeMessage = async (waybill: Waybill, kills: Kills, client: MessagesClient): Promise<Scenario> => {
  const friend = await waybill.sandbox.newPhone();
  const id = await client.send(friend, 'edit 0');
  await client.until(id, 'delivered');
  let edits = 0;

  const edit = async (): Promise<void> => {
    edits += 1;
    const text = { body: `edit ${edits}` };
    await answered(() => client.call(`PATCH /v1/messages/${id}`, { body: { text } }));
    await delay(Math.random() * longestPauseMs);
  };
  const stop = kills.meanwhile([edit], editsPerRun);

  const verify = async (): Promise<void> => {
    await eventually(async () => (await client.get(id)).timeline.some(({ event }) => event === 'revoked'), 60_000);
    const onPhone = await waybill.sandbox.messages<OnPhone>(friend.number);
    const shown = onPhone.filter(({ direction, duplicate }) => direction === 'incoming' && duplicate !== true);
    // An edit that was answered by a killed service is asked for twice: then it is one more edit, with the same text.
    const texts = shown.map(({ text }) => text).filter((text, n, all) => n === 0 || text !== all[n - 1]);
    expect(texts).toEqual([...Array.from({ length: edits + 1 }, (_, n) => `edit ${n}`), undefined]);
    const requested = (await client.get(id)).timeline.filter(({ event }) => event === 'edit_requested').length;
    expect(shown.filter(({ type }) => type === 'edit')).toHaveLength(requested);
    expect(shown.filter(({ type }) => type === 'revoke')).toHaveLength(1);
  };
  return {
    stop: async () => {
      await stop();
      await answered(() => client.call(`DELETE /v1/messages/${id}`));
    },
    verify,
  };
};
