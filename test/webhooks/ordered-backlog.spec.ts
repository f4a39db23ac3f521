import { expect, it } from '@jest/globals';
import { patch, put, type Write } from '#lib/read-models';
import type { Stores } from '../../src/platform/stores.js';
import type { Views } from '../../src/platform/views/views.js';
import { deliveries } from '../../src/webhooks/deliveries.contract.js';
import type { DeliveryView } from '../../src/webhooks/delivery.contract.js';
import { DueDeliveries } from '../../src/webhooks/dispatch/due-deliveries.js';
import type { Item } from '../../src/webhooks/dispatch/item.js';
import { Lane, type Attempted } from '../../src/webhooks/dispatch/lane.js';
import { Places } from '../../src/webhooks/dispatch/places.js';
import { eventually } from '../support/eventually.js';
import { batchOf, viewsFor } from '../support/read-models/fixture.js';
import { sqliteViewsFixture } from '../support/read-models/sqlite-fixture.js';

const due = '2026-11-29T10:00:00.000Z';
const later = '2999-11-29T10:00:00.000Z';

const opened = viewsFor(sqliteViewsFixture, [deliveries]);
let position = 0;
let webhooks = 0;

const show = (...writes: readonly Write[]): Promise<void> => {
  position += 1;
  return opened.views.apply(batchOf(deliveries, { [position]: writes }));
};

/** A webhook that wants order, with its lane and view. Its endpoint takes all but what `fails` says. */
const webhook = (fails: (item: Item) => boolean = () => false) => {
  const webhookId = `webhook-${(webhooks += 1)}`;
  const stores = { models: opened.views } as unknown as Stores;
  const view = new DueDeliveries(stores, { wait: () => Promise.resolve() } as unknown as Views);
  const taken: DeliveryView[] = [];
  let [scheduled, read, failed] = [0, 0, 0];
  const lane = new Lane({
    userId: 'ana',
    places: new Places({ total: 100, perUser: 100 }),
    webhook: () => ({ ordered: true }),
    read: () => Promise.reject(new Error('It is in order')),
    pending: async (numbers, shown, limit) => {
      const found = await view.inOrder(webhookId, numbers, shown, limit);
      read += found.length;
      return found;
    },
    attempt: async (item): Promise<Attempted> => {
      const isRetried = fails(item);
      if (!isRetried) taken.push(item as DeliveryView);
      const outcome = isRetried ? 'retried' : 'succeeded';
      const dueAt = isRetried ? later : null;
      const status = isRetried ? 'pending' : 'succeeded';
      await show(patch(item.id, { status, dueAt, attempts: item.attempts + 1 }));
      if (isRetried) failed += 1;
      return { outcome, dueAt, position: 0 };
    },
    isDueAt: () => undefined,
  });
  const schedule = async (...chats: readonly string[]): Promise<void> => {
    const all = chats.map((chatId) => {
      const number = (scheduled += 1);
      const id = `${webhookId} ${number}`;
      const event = { eventId: `evt_${id}`, event: 'message.sent', stream: 'message-1', revision: 0 };
      const where = { webhookId, userId: 'ana', sessionId: null, chatId, mediaId: null };
      const times = { dueAt: due, happenedAt: due, updatedAt: due };
      const doc = { id, ...where, ...event, ...times, number, attempts: 0, attemptsBefore: 0 };
      return { ...doc, status: 'pending' } satisfies DeliveryView;
    });
    await show(...all.map((one) => put(one.id, one)));
    lane.add(all, 0);
  };
  const takenOf = (chat: string) => taken.filter(({ chatId }) => chatId === chat).map(({ number }) => number);
  return { lane, schedule, taken, takenOf, read: () => read, failed: () => failed };
};

const expectOrder = ({ taken, takenOf }: ReturnType<typeof webhook>): void => {
  for (const chat of new Set(taken.map(({ chatId }) => chatId))) {
    const numbers = takenOf(chat!);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
};

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

it.each([
  ['thirty chats by turns', 3000, (n: number) => n % 30],
  ['thirty chats, one behind the other', 3000, (n: number) => Math.floor(n / 100)],
  ['many chats', 3000, (n: number) => n % 1000],
  ['one busy chat among many', 1000, (n: number) => (n % 2 === 0 ? 0 : n % 251)],
])('what waits for an endpoint in %s is read twice at the most', async (_name, count, chatOf) => {
  const ordered = webhook();
  await ordered.schedule(...upTo(count).map((n) => `${chatOf(n)}`));
  await eventually(() => ordered.taken.length === count);
  expectOrder(ordered);
  expect(ordered.read()).toBeLessThanOrEqual(2 * count);
});

it('after an outage, what waits in many chats is read a few times, and a new event of another chat does not wait for all of it', async () => {
  const [count, chats] = [1800, 600];
  let isOut = true;
  const ordered = webhook(() => {
    if (!isOut && ordered.taken.length === 100) void ordered.schedule('quiet');
    return isOut;
  });
  await ordered.schedule(...upTo(count).map((n) => `${n % chats}`));
  await eventually(() => ordered.failed() === chats);
  isOut = false;
  await eventually(() => {
    ordered.lane.cameDue(later); // again, as by the clock: that the last of them wait may be read only after this
    return ordered.taken.length === count + 1;
  });
  expectOrder(ordered);
  expect(ordered.taken.findIndex(({ chatId }) => chatId === 'quiet')).toBeLessThan(600);
  expect(ordered.read()).toBeLessThanOrEqual(3 * count);
});
