import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Lane, type Attempted, type Item } from './lane.js';
import { Places } from './places.js';

const item = (id: string, chatId: string): Item => ({
  id,
  webhookId: 'webhook',
  userId: 'ana',
  eventId: `evt_${id}`,
  stream: 'message-1',
  revision: 0,
  sessionId: null,
  chatId,
  attempts: 0,
  attemptsBefore: 0,
});

type Attempt = { readonly succeeded: () => void; readonly record: (outcome: Attempted) => void };
type Found = { readonly items: readonly Item[]; readonly more: boolean };

/** A lane whose endpoint and view answer when they are told to. */
const given = (isOrdered: boolean) => {
  let ordered = isOrdered;
  const attempts = new Map<string, Attempt>();
  const reads: ((found: Found) => void)[] = [];
  const lane = new Lane({
    webhookId: 'webhook',
    userId: 'ana',
    places: new Places({ total: 100, perUser: 100 }),
    webhook: () => ({ ordered }),
    read: () => new Promise((resolve) => reads.push(resolve)),
    attempt: ({ id }, succeeded) => new Promise((record) => attempts.set(id, { succeeded, record })),
    isDueAt: () => undefined,
  });
  const show = async (items: readonly Item[], more = false): Promise<void> => {
    reads.shift()?.({ items, more });
    await turn();
  };
  const putInOrder = (): void => {
    ordered = true;
  };
  return { lane, attempts, reads, show, putInOrder };
};

const retried: Attempted = { outcome: 'retried', dueAt: '2026-11-29T10:00:00.000Z', position: 7 };
const parked = { outcome: 'parked', dueAt: null, position: 7 } as const satisfies Attempted;
const succeeded: Attempted = { outcome: 'succeeded', dueAt: null, position: 8 };

describe('the deliveries of a webhook', () => {
  it('in order, do not go on with a chat whose delivery failed while the view was being read', async () => {
    const { lane, attempts, reads, show } = given(true);
    lane.wake();
    await show([item('first', 'chat')]);
    lane.wake(5);
    expect(reads).toHaveLength(1);
    attempts.get('first')?.record(retried);
    await turn();
    await show([item('first', 'chat'), item('second', 'chat'), item('other', 'other chat')]);
    expect([...attempts.keys()]).toEqual(['first', 'other']);
    await show([]); // as of the failure
    expect(attempts.has('second')).toBe(false);
  });

  it('go on once an endpoint has taken one, as far as the records of a few are waited for', async () => {
    const { lane, attempts, show } = given(false);
    lane.wake();
    await show(Array.from({ length: 100 }, (_, index) => item(`${index}`, 'chat')));
    expect(attempts.size).toBe(16);
    const taken = new Set<string>();
    const takeAll = (): void => {
      for (const [id, attempt] of attempts) {
        if (taken.has(id)) continue;
        taken.add(id);
        attempt.succeeded();
      }
    };
    takeAll();
    expect(attempts.size).toBe(47);
    for (let id = 0; id < 15; id += 1) attempts.get(`${id}`)?.record(succeeded);
    await turn();
    expect(attempts.size).toBe(47);
    attempts.get('15')?.record(succeeded);
    await turn();
    expect(attempts.size).toBe(63);
  });

  it('in order, go on in a chat once it is on record that an endpoint has taken one', async () => {
    const { lane, attempts, show } = given(true);
    lane.wake();
    await show([item('first', 'chat'), item('second', 'chat')]);
    attempts.get('first')?.succeeded();
    expect(attempts.has('second')).toBe(false);
    attempts.get('first')?.record(succeeded);
    await turn();
    expect(attempts.has('second')).toBe(true);
  });

  it('in order, are read for other chats while one has many waiting, and once its share has been attempted', async () => {
    const { lane, attempts, reads, show } = given(true);
    lane.wake();
    const busy = ['1', '2', '3'].map((id) => item(id, 'busy'));
    await show(busy.slice(0, 2), true);
    expect(reads).toHaveLength(0);
    lane.wake(5);
    await show([...busy.slice(0, 2), item('other', 'other chat')], true);
    expect([...attempts.keys()]).toEqual(['1', 'other']);
    expect(reads).toHaveLength(0);
    attempts.get('1')?.record(succeeded);
    await turn();
    expect([...attempts.keys()]).toEqual(['1', 'other', '2']);
    expect(reads).toHaveLength(0);
    attempts.get('2')?.record(succeeded);
    await turn();
    await show(busy.slice(2));
    expect([...attempts.keys()]).toEqual(['1', 'other', '2', '3']);
  });

  it('in order, are read again where all that was read had ended meanwhile and more was left', async () => {
    const { lane, attempts, show } = given(true);
    lane.wake();
    await show([item('1', 'chat')]);
    lane.wake(5);
    attempts.get('1')?.record(succeeded);
    await turn();
    await show([item('1', 'chat')], true);
    await show([item('2', 'chat')]);
    expect([...attempts.keys()]).toEqual(['1', '2']);
  });

  it('come in order once the webhook wants that, behind those that were begun before', async () => {
    const { lane, attempts, show, putInOrder } = given(false);
    lane.wake();
    const begun = Array.from({ length: 16 }, (_, index) => item(`${index}`, index < 2 ? 'chat' : `chat ${index}`));
    const rest = [item('next', 'chat'), item('last', 'chat')];
    await show([...begun, ...rest]);
    await show([]);
    putInOrder();
    attempts.get('0')?.record(succeeded);
    await turn();
    await show([...begun.slice(1), ...rest]);
    expect(attempts.has('next')).toBe(false);
    attempts.get('1')?.record(succeeded);
    await turn();
    expect([attempts.has('next'), attempts.has('last')]).toEqual([true, false]);
  });

  it('are held back by one that was begun before the webhook wanted order, and failed', async () => {
    const { lane, attempts, show, putInOrder } = given(false);
    lane.wake();
    const begun = Array.from({ length: 16 }, (_, index) => item(`${index}`, index < 1 ? 'chat' : `chat ${index}`));
    await show([...begun, item('next', 'chat'), item('other', 'other chat')]);
    await show([]);
    putInOrder();
    attempts.get('0')?.record(retried);
    await turn();
    await show([...begun.slice(1), item('other', 'other chat')]);
    expect([attempts.has('next'), attempts.has('other')]).toEqual([false, true]);
  });

  it('go on side by side, however many there were for which no request was made', async () => {
    const { lane, attempts, show } = given(false);
    lane.wake();
    await show(Array.from({ length: 40 }, (_, index) => item(`${index}`, 'chat')));
    for (let id = 0; id < 16; id += 1) attempts.get(`${id}`)?.record({ ...parked, unmade: true });
    await turn();
    expect(attempts.size).toBe(32);
  });

  it('are held back by one that had failed before the webhook wanted order', async () => {
    const { lane, attempts, reads, show, putInOrder } = given(false);
    lane.wake();
    await show([item('failed', 'chat')]);
    attempts.get('failed')?.record(retried);
    await turn();
    lane.wake();
    const begun = Array.from({ length: 16 }, (_, index) => item(`${index}`, `chat ${index}`));
    await show([...begun, item('next', 'chat'), item('other', 'other chat')], true);
    putInOrder();
    attempts.get('0')?.record(succeeded);
    await turn();
    expect(reads).toHaveLength(1);
    await show([item('late', 'chat')]); // by time, asked for before
    expect([attempts.has('next'), attempts.has('late'), attempts.has('other')]).toEqual([false, false, false]);
    await show([...begun.slice(1), item('other', 'other chat')]);
    expect([attempts.has('next'), attempts.has('late'), attempts.has('other')]).toEqual([false, false, true]);
  });

  it('are attempted once, however often the view shows them meanwhile', async () => {
    const { lane, attempts, reads, show } = given(false);
    lane.wake();
    await show([item('first', 'chat')], true);
    expect(reads).toHaveLength(1);
    attempts.get('first')?.succeeded();
    await show([item('first', 'chat')], true);
    attempts.get('first')?.record(succeeded);
    attempts.clear();
    await turn();
    await show([item('first', 'chat')]);
    expect(attempts.size).toBe(0);
  });
});
