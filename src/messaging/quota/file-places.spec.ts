import { describe, expect, it } from '@jest/globals';
import { FilePlaces } from './file-places.js';
import type { Draw } from './ledger.js';
import { MemoryLedger } from './memory-ledger.js';

const period = { from: '2026-11-29T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
const noon = '2026-11-29T12:00:00.000Z';
const day = (limit: number): Draw => ({ of: 'day', userId: 'ada', sessionId: 'one', period, limit });
const minute = (sessionId: string): Draw => ({ ...day(1), of: 'minute', sessionId });
const people = (chatId: string): Draw => ({ ...day(1), of: 'people', chatId });

type Asked = { ended: string; giveBack: () => void; end: Promise<void> };

const begun = (maxWaitMs?: number) => {
  const ledger = new MemoryLedger(
    () => Promise.resolve({ count: 0, position: 1 }),
    () => Promise.resolve(),
  );
  const places = new FilePlaces(ledger, maxWaitMs);
  const askWith = (userId: string, heldBytes: number, draws: readonly Draw[]): Asked => {
    const asked: Asked = { ended: 'waits', giveBack: () => {}, end: Promise.resolve() };
    asked.end = places.take(userId, draws, noon, heldBytes).then(
      (giveBack) => void Object.assign(asked, giveBack ? { ended: 'taken', giveBack } : { ended: 'used up' }),
      (error: { readonly code: string }) => void (asked.ended = error.code),
    );
    return asked;
  };
  return {
    /** Takes a place; `ended` says what became of that so far. */
    ask: (...draws: readonly Draw[]): Asked => askWith('ada', 0, draws),
    /** The same for any user, with something that stays in memory. */
    askWith,
    /** As when a message is recorded. */
    accept: async (...draws: readonly Draw[]) => {
      const taken = await ledger.take(draws, noon);
      if ('settle' in taken) taken.settle({ is: 'accepted', position: 2 });
    },
  };
};
/** What became of them once nothing more happens by itself. */
const endsOf = async (...asked: readonly Asked[]): Promise<readonly string[]> => {
  await new Promise((resolve) => setImmediate(resolve));
  return asked.map(({ ended }) => ended);
};

describe('the places for messages whose files are prepared', () => {
  it('are as many as are left', async () => {
    const { ask, accept } = begun();
    await accept(day(3));
    const asked = [ask(day(3)), ask(day(3)), ask(day(3)), ask(day(3))];
    expect(await endsOf(...asked)).toEqual(['taken', 'taken', 'waits', 'waits']);
  });

  it('go to those that wait, in their order, where the messages before them fail', async () => {
    const { ask } = begun();
    const [first, second, third] = [ask(day(1)), ask(day(1)), ask(day(1))];
    expect(await endsOf(first, second, third)).toEqual(['taken', 'waits', 'waits']);
    first.giveBack();
    expect(await endsOf(second, third)).toEqual(['taken', 'waits']);
    second.giveBack();
    expect(await endsOf(third, ask(day(1)))).toEqual(['taken', 'waits']);
  });

  it('are used up for those that wait once the messages before them are accepted', async () => {
    const { ask, accept } = begun();
    const asked = [ask(day(2)), ask(day(2)), ask(day(2))];
    expect(await endsOf(...asked)).toEqual(['taken', 'taken', 'waits']);
    for (const { giveBack } of asked.slice(0, 2)) {
      await accept(day(2));
      giveBack();
    }
    expect(await endsOf(...asked, ask(day(2)))).toEqual(['taken', 'taken', 'used up', 'used up']);
  });

  it('are those of each session in a minute, and of each new person once', async () => {
    const { ask } = begun();
    expect(
      await endsOf(
        ask(day(9), minute('one')),
        ask(day(9), minute('one')),
        ask(day(9), minute('two')),
        ask(day(9), people('chat')),
        ask(day(9), people('chat')),
        ask(day(9), people('other chat')),
      ),
    ).toEqual(['taken', 'waits', 'taken', 'taken', 'taken', 'waits']);
  });

  it('are waited for by a hundred messages', async () => {
    const { ask } = begun();
    const asked = await endsOf(...Array.from({ length: 102 }, () => ask(day(1))));
    const waiting = Array.from({ length: 100 }, () => 'waits');
    expect(asked).toEqual(['taken', ...waiting, 'quota_reserved']);
  });

  it('are waited for by 32 MB of all users together', async () => {
    const { askWith } = begun();
    const ask = (userId: string, megabytes: number) =>
      askWith(userId, megabytes * 1024 * 1024, [{ ...day(1), userId }]);
    const first = [ask('ada', 12), ask('bob', 12)];
    const waiting = [ask('ada', 12), ask('ada', 10), ask('bob', 10)];
    expect(await endsOf(...first, ...waiting)).toEqual(['taken', 'taken', 'waits', 'waits', 'waits']);
    expect(await endsOf(ask('bob', 1), ask('ada', 0))).toEqual(['quota_reserved', 'waits']);
    first[0]?.giveBack();
    expect(await endsOf(...waiting)).toEqual(['taken', 'waits', 'waits']);
    expect(await endsOf(ask('bob', 12), ask('bob', 1))).toEqual(['waits', 'quota_reserved']);
  });

  it('are waited for no longer than a while', async () => {
    const { ask } = begun(20);
    const [first, second] = [ask(day(1)), ask(day(1))];
    await second.end;
    expect(await endsOf(first, second)).toEqual(['taken', 'quota_reserved']);
    first.giveBack();
    expect(await endsOf(ask(day(1)))).toEqual(['taken']);
  });

  it('are free again where the limits could not be looked up', async () => {
    let isAway = true;
    const look = async ([draw]: readonly Draw[]) => {
      if (isAway) throw new Error('The view is behind');
      return draw && draw.limit < 1 ? { usedUp: draw, used: 0 } : undefined;
    };
    const places = new FilePlaces({ look }, 20);
    await expect(places.take('ada', [day(1)], noon)).rejects.toThrow('behind');
    isAway = false;
    expect(await places.take('ada', [day(1)], noon)).toBeDefined();
    await expect(places.take('ada', [day(1)], noon)).rejects.toMatchObject({ code: 'quota_reserved' });
  });
});
