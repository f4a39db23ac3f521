import { expect, it } from '@jest/globals';
import { eventCodec, type Event } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import type { ReadModels } from '#lib/read-models';
import { sharedReading, viewSubscription, type ViewSubscription } from '#lib/subscriptions';
import { erasureEvents } from '../../src/messaging/erasure.contract.js';
import { messageEvent } from '../../src/messaging/message.builders.js';
import { messageEvents } from '../../src/messaging/message.contract.js';
import { messages, messagesProjection } from '../../src/messaging/messages.projection.js';
import { metadata } from '../support/counters.js';
import { openTestStores, quiet, type TestStores } from '../support/stores.js';

const [userCount, messageCount, eventCount] = [20, 300, 4000];
const codec = eventCodec([messageEvents, erasureEvents]);
const users = Array.from({ length: userCount }, () => newId());
const ids = Array.from({ length: messageCount }, () => newId());
const at = '2026-01-02T03:04:05.600Z';

/** The same numbers in each run. */
const randoms = (): ((below: number) => number) => {
  let state = 42;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
};

/** Anything that may happen to a message, in any order, and now and then all messages of a user are erased, for good. */
const history = function* (): Generator<{ readonly stream: string; readonly event: Event }> {
  const random = randoms();
  for (let n = 0; n < eventCount; n += 1) {
    const message = random(messageCount);
    const [messageId = '', userId = ''] = [ids[message], users[message % userCount]];
    const of = { messageId, userId };
    const text = (body: string) => ({ type: 'text', body: `${body} ${n % 50}`, mentions: [] }) as const;
    const anything = [
      () => messageEvent('MessageQueued', { ...of, content: text('sent'), reference: `r-${message % 7}` }),
      () => messageEvent('MessageReceived', { ...of, content: text('received') }),
      () => messageEvent('MessageSent', of),
      () => messageEvent('MessageDelivered', of),
      () => messageEvent('MessageRead', of),
      () => messageEvent('MessageFailed', of),
      () => messageEvent('MessageEdited', { ...of, content: text('edited') }),
      () => messageEvent('MessageRevoked', of),
    ];
    const erased = { type: 'UserMessagesErased', data: { userId, erasedAt: at } };
    const isErased = random(500) === 0;
    const event = isErased ? erased : (anything[random(anything.length)] as () => Event)();
    yield { stream: isErased ? `erasure-${userId}` : `message-${messageId}`, event };
  }
};

const open = ({ store, models }: TestStores): ViewSubscription => {
  const retry = { maxAttempts: 1, firstWaitMs: 1, maxWaitMs: 5 };
  return viewSubscription(messagesProjection, {
    store,
    models,
    codec,
    reading: sharedReading({ store, codec }),
    log: quiet,
    retry,
  });
};

/** All that the view answers. */
const shown = async (models: ReadModels) => ({
  all: (await models.find(messages, { limit: 1000 })).data,
  ofUser: (await models.find(messages, { where: { userId: users[1] ?? '', status: 'read' }, limit: 1000 })).data,
  found: (await models.find(messages, { search: 'edited 7', limit: 1000 })).data,
  failed: await models.count(messages, { status: 'failed' }),
});

it('a view that was rebuilt, or filled anew, is the one that followed', async () => {
  let stores = await openTestStores();
  try {
    await stores.models.prepare([messages]);
    const followed = open(stores);
    void followed.start();
    let last = 0;
    let step = 0;
    for (const { stream, event } of history()) {
      const [encoded] = await codec.encode([event]);
      const stored = { id: newId(), type: event.type, data: encoded?.data, metadata };
      ({ position: last } = await stores.store.append({ stream, expected: 'any', events: [stored] }));
      if ((step += 1) % 10 === 0) await followed.reached(last, 5000);
    }
    expect(await followed.reached(last, 5000)).toBe(true);
    const before = await shown(stores.models);
    expect(before.all.length).toBeGreaterThan(100);
    expect(before.found.length).toBeGreaterThan(0);

    await followed.rebuild();
    expect(await shown(stores.models)).toEqual(before);
    await followed.stop();

    stores = await stores.withoutViews();
    await stores.models.prepare([messages]);
    const filled = open(stores);
    void filled.start();
    expect(await filled.reached(last, 20_000)).toBe(true);
    expect(await shown(stores.models)).toEqual(before);
    await filled.stop();
  } finally {
    await stores.close();
  }
});
