import { describe, expect, it } from '@jest/globals';
import { due, item, laneOf, later, many, parked, retried, succeeded } from './lane.builders.js';

describe('the deliveries of a webhook, in order', () => {
  it('go on in a chat once it is on record that the endpoint has taken one', async () => {
    const { attempts, schedule, lookAtAll, end } = laneOf(true);
    schedule(...many(2, 'chat'));
    await lookAtAll();
    attempts.get('chat 0')?.succeeded();
    expect([...attempts.keys()]).toEqual(['chat 0']);
    await end('chat 0', succeeded);
    expect([...attempts.keys()]).toEqual(['chat 0', 'chat 1']);
  });

  it('do not go on with a chat whose delivery failed while the view was being read', async () => {
    const { lane, attempts, schedule, look, lookAtAll, end, view } = laneOf(true);
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
    const { lane, attempts, schedule, lookAtAll, end } = laneOf(true);
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

  it('wait for one that could not be attempted, which is attempted again a little later', async () => {
    const { lane, attempts, dueTimes, schedule, lookAtAll, end } = laneOf(true);
    schedule(...many(3, 'chat'), item('other', 'other chat'));
    await lookAtAll();
    await end('chat 0', undefined);
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['chat 0', 'other']);
    attempts.clear();
    lane.cameDue(dueTimes.at(-1)!);
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['chat 0']);
    await end('chat 0', succeeded);
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['chat 0', 'chat 1']);
  });

  it('go on behind one that was given up', async () => {
    const { attempts, schedule, lookAtAll, end } = laneOf(true);
    schedule(...many(3, 'chat'));
    await lookAtAll();
    await end('chat 0', parked);
    expect([...attempts.keys()]).toEqual(['chat 0', 'chat 1']);
  });

  it('are attempted once, however often the view shows them meanwhile', async () => {
    const { lane, attempts, schedule, look, lookAtAll, end } = laneOf(true);
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
    const { attempts, schedule, lookAtAll, end } = laneOf(true);
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
    const { lane, attempts, schedule, lookAtAll, end, view } = laneOf(true);
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
    const { lane, attempts, show, putInOrder, end, look, lookAtAll, view } = laneOf(false);
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
      const { lane, attempts, show, putInOrder, end, lookAtAll, view } = laneOf(false);
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
    const { lane, attempts, show, putInOrder, end, lookAtAll, reads, view } = laneOf(false);
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

  it('come again where they were begun before the webhook wanted order, and could not be attempted', async () => {
    const { lane, attempts, show, putInOrder, end, lookAtAll, view } = laneOf(false);
    lane.wake();
    await show([]);
    const { number: _number, dueAt: _dueAt, ...begun } = item('begun', 'chat');
    view.set('begun', { ...begun, number: 1, dueAt: due });
    lane.add([begun], 1);
    putInOrder();
    lane.wake();
    await lookAtAll();
    await end('begun', undefined);
    attempts.clear();
    await lookAtAll();
    expect([...attempts.keys()]).toEqual(['begun']);
  });

  it('come although a later one of their chat failed that was begun before the webhook wanted order', async () => {
    const { lane, attempts, show, putInOrder, end, lookAtAll, view } = laneOf(false);
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
