import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Pending } from './chat-queues.js';
import { Lane, type Attempted } from './lane.js';
import { Places } from './places.js';

const due = '2026-11-29T10:00:00.000Z';
const later = '2999-11-29T10:00:00.000Z';

let numbers = 0;
const item = (id: string, chatId: string): Pending => ({
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
  number: (numbers += 1),
  dueAt: due,
});

type Attempt = { readonly succeeded: () => void; readonly record: (outcome: Attempted) => void };
type Found = { readonly items: readonly Pending[]; readonly more: boolean };

/** A lane whose endpoint and view answer when they are told to. */
const given = (isOrdered: boolean) => {
  let ordered = isOrdered;
  const attempts = new Map<string, Attempt>();
  const reads: ((found: Found) => void)[] = [];
  const view = new Map<string, Pending>();
  const looks: (() => void)[] = [];
  const lane = new Lane({
    userId: 'ana',
    places: new Places({ total: 100, perUser: 100 }),
    webhook: () => ({ ordered }),
    read: () => new Promise((resolve) => reads.push(resolve)),
    pending: (from, _shown, limit) => {
      const found = [...view.values()].filter(({ number }) => number >= from).slice(0, limit);
      return new Promise((resolve) => looks.push(() => resolve(found)));
    },
    attempt: ({ id }, succeeded) => new Promise((record) => attempts.set(id, { succeeded, record })),
    isDueAt: () => undefined,
  });
  /** The answer to a reading by time. */
  const show = async (items: readonly Pending[], more = false): Promise<void> => {
    reads.shift()?.({ items, more });
    await turn();
  };
  const look = async (): Promise<void> => {
    looks.shift()?.();
    await turn();
  };
  const lookAtAll = async (): Promise<void> => {
    while (looks.length > 0) await look();
  };
  /** The view gets these, and the lane is told. */
  const schedule = (...items: readonly Pending[]): void => {
    for (const one of items) view.set(one.id, one);
    lane.add(items, 1);
  };
  /** What became of an attempt is on record, and in the view. */
  const end = async (id: string, outcome: Attempted): Promise<void> => {
    const shown = view.get(id);
    if (outcome?.outcome !== 'retried') view.delete(id);
    else if (shown) view.set(id, { ...shown, dueAt: outcome.dueAt, attempts: shown.attempts + 1 });
    attempts.get(id)?.record(outcome);
    await turn();
  };
  const putInOrder = (): void => {
    ordered = true;
  };
  return { lane, attempts, reads, show, view, look, lookAtAll, schedule, end, putInOrder };
};

const retried: Attempted = { outcome: 'retried', dueAt: later, position: 7 };
const parked = { outcome: 'parked', dueAt: null, position: 7 } as const satisfies Attempted;
const succeeded: Attempted = { outcome: 'succeeded', dueAt: null, position: 8 };

describe('the deliveries of a webhook, as they come due', () => {
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

  it('go on side by side, however many there were for which no request was made', async () => {
    const { lane, attempts, show } = given(false);
    lane.wake();
    await show(Array.from({ length: 40 }, (_, index) => item(`${index}`, 'chat')));
    for (let id = 0; id < 16; id += 1) attempts.get(`${id}`)?.record({ ...parked, unmade: true });
    await turn();
    expect(attempts.size).toBe(32);
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

const many = (count: number, chat: string): readonly Pending[] =>
  Array.from({ length: count }, (_, index) => item(`${chat} ${index}`, chat));

describe('the deliveries of a webhook, in order', () => {
  it('go on in a chat once it is on record that the endpoint has taken one', async () => {
    const { attempts, schedule, lookAtAll, end } = given(true);
    schedule(...many(2, 'chat'));
    await lookAtAll();
    attempts.get('chat 0')?.succeeded();
    expect([...attempts.keys()]).toEqual(['chat 0']);
    await end('chat 0', succeeded);
    expect([...attempts.keys()]).toEqual(['chat 0', 'chat 1']);
  });

  it('do not go on with a chat whose delivery failed while the view was being read', async () => {
    const { lane, attempts, schedule, look, lookAtAll, end, view } = given(true);
    schedule(item('first', 'chat'));
    await lookAtAll();
    schedule(item('second', 'chat'), item('other', 'other chat'));
    await end('first', retried);
    await look(); // as of before the failure
    expect([...attempts.keys()]).toEqual(['first', 'other']);
    await lookAtAll();
    expect(attempts.has('second')).toBe(false);
    attempts.clear();
    lane.cameDue(later);
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['first']);
    await end('first', succeeded);
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['first', 'second']);
    expect([...view.keys()]).toEqual(['second', 'other']);
  });

  it('go on behind one that has failed often, and that one is tried again when it is due', async () => {
    const { lane, attempts, schedule, lookAtAll, end } = given(true);
    schedule({ ...item('stubborn', 'chat'), dueAt: later, attempts: 6 }, { ...item('next', 'chat') });
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['next']);
    lane.cameDue(later);
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['next']);
    await end('next', succeeded);
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['next', 'stubborn']);
  });

  it('are attempted once, however often the view shows them meanwhile', async () => {
    const { lane, attempts, schedule, look, lookAtAll, end } = given(true);
    schedule(item('first', 'chat'));
    await lookAtAll();
    lane.wake();
    await lookAtAll();
    lane.wake();
    await end('first', succeeded);
    attempts.clear();
    await look(); // as of before
    await lookAtAll();
    expect(attempts.size).toBe(0);
  });

  it('leave places for other chats, however many wait in some', async () => {
    const { attempts, schedule, lookAtAll, end } = given(true);
    schedule(...Array.from({ length: 15 }, (_, chat) => many(100, `${chat}`)).flat(), item('quiet', 'quiet'));
    await lookAtAll();
    expect(attempts.size).toBe(16);
    expect(attempts.has('quiet')).toBe(true);
    await end('quiet', succeeded);
    await lookAtAll();
    schedule(item('late', 'quiet'));
    await lookAtAll();
    expect(attempts.has('late')).toBe(true);
  });

  it('come once and in order, whatever fails and comes due meanwhile', async () => {
    const { lane, attempts, schedule, lookAtAll, end, view } = given(true);
    const posted = new Map<string, number[]>();
    const all = Array.from({ length: 1500 }, (_, n) => item(`${n}`, n % 3 === 0 ? 'busy' : `chat ${(n * 7) % 50}`));
    const tries = new Map<string, number>();
    for (let begun = 0; begun < all.length || view.size > 0;) {
      schedule(...all.slice(begun, begun + 100));
      begun += 100;
      await lookAtAll();
      const begunNow = [...attempts.keys()];
      for (const id of begunNow) {
        const shown = view.get(id)!;
        const tried = (tries.get(id) ?? 0) + 1;
        tries.set(id, tried);
        const fails = (shown.number * 31) % 5 === 0 && tried <= 3;
        await end(id, fails ? retried : succeeded);
        attempts.delete(id);
        if (!fails) posted.set(shown.chatId!, [...(posted.get(shown.chatId!) ?? []), shown.number]);
      }
      lane.cameDue(later);
      if (begun % 700 === 0) lane.wake();
      await lookAtAll();
    }
    const sent = [...posted.values()];
    expect(sent.flat().length).toBe(all.length);
    for (const numbersOfChat of sent) expect(numbersOfChat).toEqual([...numbersOfChat].sort((a, b) => a - b));
  });

  it('come in order once the webhook wants that, behind those that were begun before', async () => {
    const { lane, attempts, show, putInOrder, end, look, lookAtAll, view } = given(false);
    lane.wake();
    const begun = Array.from({ length: 16 }, (_, index) => item(`${index}`, index < 2 ? 'chat' : `chat ${index}`));
    const rest = [item('next', 'chat'), item('last', 'chat')];
    for (const one of [...begun, ...rest]) view.set(one.id, one);
    await show([...begun, ...rest]);
    await show([]);
    putInOrder();
    await end('0', succeeded);
    await lookAtAll();
    expect(attempts.has('next')).toBe(false);
    await end('1', succeeded);
    await look();
    expect([attempts.has('next'), attempts.has('last')]).toEqual([true, false]);
  });

  it.each(['chat', 'other chat'])(
    'are held back by one of %s that was begun before the webhook wanted order, and failed',
    async (chat) => {
      const { lane, attempts, show, putInOrder, end, lookAtAll, view } = given(false);
      lane.wake();
      const begun = Array.from({ length: 16 }, (_, index) => item(`${index}`, index < 1 ? chat : `chat ${index}`));
      const rest = [item('next', 'chat'), item('other', 'other chat')];
      for (const one of [...begun, ...rest]) view.set(one.id, one);
      await show([...begun, ...rest]);
      await show([]);
      putInOrder();
      await end('0', retried);
      await lookAtAll();
      expect([attempts.has('next'), attempts.has('other')]).toEqual([chat !== 'chat', chat === 'chat']);
    },
  );

  it('are held back by one that had failed before the webhook wanted order', async () => {
    const { lane, attempts, show, putInOrder, end, lookAtAll, reads, view } = given(false);
    lane.wake();
    const begun = Array.from({ length: 16 }, (_, index) => item(`${index}`, `chat ${index}`));
    const failed = { ...item('failed', 'chat'), dueAt: later, attempts: 1 };
    const rest = [item('next', 'chat'), item('other', 'other chat')];
    for (const one of [...begun, failed, ...rest]) view.set(one.id, one);
    await show([...begun, ...rest], true);
    putInOrder();
    await end('0', succeeded);
    expect(reads).toHaveLength(1);
    await show([item('late', 'chat')]); // by time, asked for before
    await lookAtAll();
    expect([attempts.has('next'), attempts.has('late'), attempts.has('other')]).toEqual([false, false, true]);
  });

  it('come although a later one of their chat failed that was begun before the webhook wanted order', async () => {
    const { lane, attempts, show, putInOrder, end, lookAtAll, view } = given(false);
    lane.wake();
    const [redelivered, begun] = [item('redelivered', 'chat'), item('begun', 'chat')];
    await show([begun]);
    for (const one of [redelivered, begun]) view.set(one.id, one);
    putInOrder();
    lane.wake(); // begins to read
    await end('begun', retried);
    await lookAtAll();
    expect(attempts.has('redelivered')).toBe(true);
  });
});
