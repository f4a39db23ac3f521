import { expect } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { MessagesClient } from '../../support/messages-client.js';
import type { Waybill } from '../../support/waybill.js';
import type { WebhookReceiver } from '../../support/webhook-receiver.js';
import { webhooksClient } from '../../support/webhooks-client.js';
import type { Scenario } from './scenario.js';

const quota = 60;

/** Offers twice as many messages as the daily quota has, all at once: exactly the quota is accepted, and told so once. */
export const offerMoreThanQuota = async (
  waybill: Waybill,
  receiver: WebhookReceiver,
): Promise<Scenario & { readonly offerAll: () => void }> => {
  const client = await MessagesClient.link(waybill, await waybill.newUser({ maxMessagesPerDay: quota }));
  await webhooksClient((route, body) => client.call(route, { body })).register(receiver.url('/quota'), ['quota.*']);
  const friend = await waybill.sandbox.newPhone();
  const message = { to: `+${friend.number}`, type: 'text', text: { body: 'counted' } };
  const post = (n: number): Promise<number | undefined> =>
    client
      .post(message, { 'idempotency-key': `n${n}` })
      .then(({ status }) => status)
      .catch(() => undefined); // cut off
  const all = () => Promise.all(Array.from({ length: 2 * quota }, (_, n) => post(n)));
  let offered: Promise<unknown> = Promise.resolve();

  return {
    offerAll: () => void (offered = Promise.all([offered, all()])),
    stop: async () => void (await offered),
    verify: async () => {
      await all();
      // A replay is answered as at first: what the log has, and nothing else, is accepted.
      expect((await all()).filter((status) => status === 202)).toHaveLength(quota);
      expect((await client.call('GET /v1/limits')).body.messages).toMatchObject({ used: quota, remaining: 0 });
      const told = () => new Map(receiver.at('/quota').map(({ body }) => [body.id, body.type]));
      await eventually(() => told().size >= 2);
      expect([...told().values()].toSorted()).toEqual(['quota.exceeded', 'quota.warning']);
    },
  };
};
