import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Contact } from '../pacing/pacing.rules.js';
import { message, paced, queueWith } from './session-queue.builders.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('messages that wait for one reason after the other', () => {
  const stranger: Contact = { isStranger: true, isNew: true, timeZones: [] };

  it('says again that they wait for their turn, once a date has passed', async () => {
    const pacing = { ...paced(10), newContactsPerDay: 1 };
    jest.setSystemTime(Date.parse('2026-11-23T23:59:00Z'));
    const { queue, held, releases, settings, answer } = queueWith(pacing, { s1: stranger });
    settings.newContacts = 1;
    for (const id of ['a', 's1']) queue.add(message(id, id));
    await jest.advanceTimersByTimeAsync(10_000);
    const told = () => held.filter((hold) => hold.startsWith('s1'));
    expect([told(), [...releases.keys()]]).toEqual([['s1 pacing', 's1 new_contacts'], ['s1']]);
    jest.setSystemTime(Date.parse('2026-11-24T00:00:00Z'));
    settings.newContacts = 0;
    await answer('a');
    queue.add(message('b', 'b'));
    queue.release('s1');
    await jest.advanceTimersByTimeAsync(2000);
    expect(told()).toEqual(['s1 pacing', 's1 new_contacts', 's1 pacing']);
  });

  it('says which of the reasons they waited for they still wait for', async () => {
    const { queue, holds, session } = queueWith(paced(1));
    session.isOpen = false;
    for (const id of ['a', 'b']) queue.add(message(id, id));
    await jest.advanceTimersByTimeAsync(2000);
    const current = () => holds.filter(({ isCurrent }) => isCurrent()).map(({ messageId, why }) => [messageId, why]);
    expect(current()).toEqual([
      ['a', 'session_offline'],
      ['b', 'session_offline'],
    ]);
    session.isOpen = true;
    queue.opened();
    expect(current()).toEqual([]);
    await jest.advanceTimersByTimeAsync(2000);
    expect(current()).toEqual([['b', 'pacing']]);
  });

  it('says once that they wait for pauses that come by turns', async () => {
    const ids = Array.from({ length: 10 }, (_, n) => `s${n}`);
    const contacts = Object.fromEntries(ids.map((id) => [id, stranger]));
    const pacing = { ...paced(12), newContactPauseSeconds: 30 };
    const { queue, held, attempts } = queueWith(pacing, contacts);
    for (const id of ids) queue.add(message(id, id));
    await jest.advanceTimersByTimeAsync(140_000);
    expect(attempts.length).toBeLessThan(6);
    expect(held.filter((hold) => hold.startsWith('s9'))).toEqual(['s9 pacing', 's9 new_contacts']);
  });

  it('says of one that waits for its retry nothing of its turn', async () => {
    const { queue, held, answer } = queueWith(paced(15));
    queue.add(message('a1', 'a'));
    await answer('a1', { next: 'retry_after', waitMs: 10_000 });
    for (const id of ['b', 'c', 'd', 'e']) queue.add(message(id, id));
    await jest.advanceTimersByTimeAsync(9000);
    expect(held).toEqual(['b pacing', 'c pacing', 'd pacing', 'e pacing']);
  });
});
