import { expect, it } from '@jest/globals';
import type { Draw } from './ledger.js';
import { MemoryLedger } from './memory-ledger.js';
import type { CountUpTo } from './period-count.rules.js';

const period = { from: '2026-11-29T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
const noon = '2026-11-29T12:00:00.000Z';
const drawOf = (userId: string): Draw => ({ of: 'day', userId, sessionId: '', period, limit: 1 });
/** More than are kept in memory. */
const others = 20_001;

it('a user who is being counted is not forgotten, however many others are counted meanwhile', async () => {
  let answer: (base: CountUpTo) => void = () => undefined;
  const first = new Promise<CountUpTo>((resolve) => (answer = resolve));
  let asked = 0;
  const ledger = new MemoryLedger(
    ({ userId }) => (userId === 'ada' && ++asked === 1 ? first : Promise.resolve({ count: 0, position: 1 })),
    () => Promise.resolve(),
  );
  const before = ledger.take([drawOf('ada')], noon);
  for (let n = 0; n < others; n += 1) await ledger.used(drawOf(`user ${n}`));
  const after = ledger.take([drawOf('ada')], noon);
  answer({ count: 0, position: 1 });
  const answers = await Promise.all([before, after]);
  expect(answers.map((taken) => 'usedUp' in taken)).toEqual([false, true]);
});
