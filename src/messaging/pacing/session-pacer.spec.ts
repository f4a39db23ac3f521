import { expect, it } from '@jest/globals';
import type { QueueEntry } from '../outbox/queue-entry.js';
import { safePacing } from './pacing.contract.js';
import { SessionPacer } from './session-pacer.js';

it('whoever reads how a session is paced starts no lookup', async () => {
  let lookUps = 0;
  const pacer = new SessionPacer({
    settings: () => ({
      pacing: safePacing,
      ageDays: 0,
      restrictions: [],
      today: { timeZone: 'UTC', from: '', to: '' },
    }),
    contacts: {
      known: () => undefined,
      setNew: () => undefined,
      learn: () => {
        lookUps += 1;
        return Promise.resolve();
      },
    },
    newContactsOn: () => Promise.resolve(0),
  });
  const entry = { messageId: 'm', chatId: 'c', changeId: null } as QueueEntry;
  const verdict = pacer.verdict(entry);
  expect([verdict.kind, lookUps]).toEqual(['ask', 0]);
  if (verdict.kind === 'ask') await verdict.lookUp();
  expect(lookUps).toBe(1);
});
