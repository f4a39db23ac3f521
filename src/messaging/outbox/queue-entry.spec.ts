import { expect, it } from '@jest/globals';
import { newEntry, waitAfterFailure, waitAfterStoreFailure } from './queue-entry.js';

const queued = { messageId: 'm1', chatId: 'a', changeId: null };

it('a message is attempted within 30 seconds after the stores are back, however long they were away', () => {
  const entry = newEntry(queued, false);
  const waits = Array.from({ length: 50 }, () => waitAfterStoreFailure(entry));
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
  expect(waits[0]).toBeLessThanOrEqual(100);
  expect(Math.min(...waits.slice(20))).toBeGreaterThanOrEqual(15_000);
});

it('attempts that fail because of a store count for nothing else', () => {
  const entry = newEntry(queued, false);
  for (let n = 0; n < 20; n += 1) waitAfterStoreFailure(entry);
  expect(entry.failures).toBe(0);
  expect(waitAfterFailure(entry)).toBeLessThanOrEqual(1000);
  expect([entry.failures, entry.storeFailures]).toEqual([1, 0]);
});
