import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';

const pauseMs = 2000;

describe('messages of a paced session', () => {
  let waybill: Waybill;
  beforeAll(async () => {
    waybill = await Waybill.start({
      WAYBILL_MESSAGES_PER_MINUTE: String(60_000 / pauseMs),
      WAYBILL_MESSAGES_JITTER: '0',
    });
  });
  afterAll(() => waybill.end());

  it('are sent one after the other with pauses, to whomever they go, and record what they wait for', async () => {
    const client = await MessagesClient.link(waybill);
    const friends = await Promise.all([1, 2, 3].map(() => waybill.sandbox.newPhone()));
    const ids: string[] = [];
    for (const friend of friends) ids.push(await client.send(friend, 'hello'));
    const [first, , last] = await Promise.all(ids.map((id) => client.until(id, 'delivered')));

    const received = await Promise.all(
      friends.map(async ({ number }) => {
        const [message] = await waybill.sandbox.messages<{ readonly receivedAt: string }>(number);
        return Date.parse(message?.receivedAt ?? '');
      }),
    );
    // The sandbox may be slow with one message and fast with the next: only the sum of both pauses is certain.
    expect((received[2] ?? 0) - (received[0] ?? 0)).toBeGreaterThan(pauseMs);
    expect(first?.timeline.map(({ event }) => event)).not.toContain('held');
    expect(last?.timeline).toContainEqual(
      expect.objectContaining({ event: 'held', detail: expect.stringContaining('pauses between them') }),
    );
  });

  it('of another session are not delayed by them', async () => {
    const [busy, free] = [await MessagesClient.link(waybill), await MessagesClient.link(waybill)];
    const friend = await waybill.sandbox.newPhone();
    const waiting = await Promise.all(['one', 'two', 'three', 'four'].map((body) => busy.send(friend, body)));
    const id = await free.send(friend, 'at once');
    await free.until(id, 'sent');
    expect((await busy.get(waiting.at(-1) ?? '')).status).toBe('queued');
  });
});
