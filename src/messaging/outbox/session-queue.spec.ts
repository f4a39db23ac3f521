import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Contact } from '../pacing/pacing.rules.js';
import { done, message, paced, queueWith } from './session-queue.builders.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the queue of a session', () => {
  it('sends the messages of a chat in order, and chats side by side', async () => {
    const { queue, attempts, answer } = queueWith();
    for (const [id, chat] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
      ['a3', 'a'],
    ] as const)
      queue.add(message(id, chat));
    expect(attempts).toEqual(['a1', 'b1']);
    await answer('a1');
    await answer('a2');
    expect(attempts).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('keeps the order of a chat while something is done before a message, which needs no slot and no pace', async () => {
    const { queue, attempts, answer } = queueWith(paced(60));
    queue.add(message('a1', 'a'));
    queue.add(message('a2', 'a'));
    for (let n = 0; n < 17; n += 1) queue.add(message(`m${n}`, `chat ${n}`));
    let work = (): void => undefined;
    await answer('a1', { next: 'retry_after_work', work: new Promise((resolve) => (work = () => resolve(0))) });
    queue.add(message('b1', 'b'));
    await jest.advanceTimersByTimeAsync(0);
    expect(attempts.slice(0, 2)).toEqual(['a1', 'm0']);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(attempts.filter((id) => id.startsWith('a'))).toEqual(['a1']);
    for (let n = 0; n < 16; n += 1) await answer(`m${n}`);
    work();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(attempts.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a1']);
    await answer('a1');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(attempts.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a1', 'a2']);
  });

  it('makes no more than 16 attempts at a time, counting those whose outcome is still to be recorded', async () => {
    const { queue, attempts, answer } = queueWith();
    for (let n = 0; n < 20; n += 1) queue.add(message(`m${n}`, `chat ${n}`));
    expect(attempts).toHaveLength(16);
    let record = (): void => undefined;
    await answer('m0', { next: 'done', recorded: new Promise<void>((resolve) => (record = resolve)) });
    expect(attempts).toHaveLength(16);
    record();
    await jest.advanceTimersByTimeAsync(0);
    expect(attempts).toHaveLength(17);
  });

  it('accepts a message once, until its outcome is recorded', async () => {
    const { queue, attempts, answer } = queueWith();
    queue.add(message('a1', 'a'));
    queue.add(message('a1', 'a'));
    let record = (): void => undefined;
    await answer('a1', { next: 'done', recorded: new Promise<void>((resolve) => (record = resolve)) });
    queue.add(message('a1', 'a'));
    expect(attempts).toEqual(['a1']);
    record();
    await jest.advanceTimersByTimeAsync(0);
    expect(queue.has('a1')).toBe(false);
  });

  it('retries a message before the next one of its chat', async () => {
    const { queue, attempts, answer } = queueWith();
    queue.add(message('a1', 'a'));
    queue.add(message('a2', 'a'));
    await answer('a1', { next: 'retry_after', waitMs: 5000 });
    await jest.advanceTimersByTimeAsync(4999);
    expect(attempts).toEqual(['a1']);
    await jest.advanceTimersByTimeAsync(1);
    await answer('a1');
    expect(attempts).toEqual(['a1', 'a1', 'a2']);
  });

  it('waits while the session is offline, records that once after a while, and continues in order', async () => {
    const { queue, attempts, held, session, answer } = queueWith();
    queue.add(message('a1', 'a'));
    session.isOpen = false;
    await answer('a1', { next: 'retry_when_open' });
    queue.add(message('a2', 'a'));
    await jest.advanceTimersByTimeAsync(1499);
    expect(held).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(held).toEqual(['a1 session_offline', 'a2 session_offline']);
    queue.add(message('a3', 'a'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(held).toEqual(['a1 session_offline', 'a2 session_offline', 'a3 session_offline']);
    expect(attempts).toEqual(['a1']);
    session.isOpen = true;
    queue.opened();
    await answer('a1');
    await answer('a2');
    expect(attempts).toEqual(['a1', 'a1', 'a2', 'a3']);
  });

  it('records nothing where the session is back soon', async () => {
    const { queue, attempts, held, session } = queueWith();
    session.isOpen = false;
    queue.add(message('a1', 'a'));
    await jest.advanceTimersByTimeAsync(1000);
    session.isOpen = true;
    queue.opened();
    await jest.advanceTimersByTimeAsync(10_000);
    expect([attempts, held]).toEqual([['a1'], []]);
  });

  it('records nothing for messages that waited before the start, until the session was open', async () => {
    const { queue, held, session } = queueWith();
    session.isOpen = false;
    queue.add(message('a1', 'a'), true);
    queue.add(message('b1', 'b'), true);
    queue.add(message('a2', 'a'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(held).toEqual(['a2 session_offline']);
    queue.opened();
    await jest.advanceTimersByTimeAsync(60_000);
    const told = held.slice(1).toSorted(); // each opening begins anew: what was decided meanwhile may have ended a reason
    expect(told).toEqual(['a1 session_offline', 'a2 session_offline', 'b1 session_offline']);
  });

  it('keeps its pace also when the wall clock is set back', async () => {
    const { queue, attempts } = queueWith(paced(20));
    for (const id of ['m1', 'm2']) queue.add(message(id, id));
    jest.setSystemTime(Date.now() - 3_600_000);
    await jest.advanceTimersByTimeAsync(3000);
    expect(attempts).toEqual(['m1', 'm2']);
  });

  it('keeps its pace, and records that messages wait for their turn', async () => {
    const { queue, attempts, held } = queueWith(paced(20));
    for (const id of ['m1', 'm2', 'm3']) queue.add(message(id, id));
    expect(attempts).toEqual(['m1']);
    await jest.advanceTimersByTimeAsync(2999);
    expect(attempts).toEqual(['m1']);
    expect(held).toContain('m3 pacing');
    await jest.advanceTimersByTimeAsync(1);
    expect(attempts).toEqual(['m1', 'm2']);
    await jest.advanceTimersByTimeAsync(3000);
    expect(attempts).toEqual(['m1', 'm2', 'm3']);
  });

  it('starts nothing after it was stopped, and waits for the attempts that are being made', async () => {
    const { queue, attempts, answer } = queueWith();
    queue.add(message('a1', 'a'));
    queue.add(message('a2', 'a'));
    let isStopped = false;
    void queue.stop().then(() => (isStopped = true));
    await jest.advanceTimersByTimeAsync(1000);
    expect(isStopped).toBe(false);
    await answer('a1');
    expect([isStopped, attempts]).toEqual([true, ['a1']]);
  });

  it('holds back the chats of people who never wrote, and no others', async () => {
    const stranger: Contact = { isStranger: true, isNew: true, timeZones: [] };
    const contacts = { s1: stranger, s2: stranger, s3: stranger };
    const pacing = { ...paced(6000), newContactPauseSeconds: 30, newContactsPerDay: 2 };
    const { queue, attempts, held, answer } = queueWith(pacing, contacts);
    for (const id of ['s1', 's2', 'a', 's3', 'b']) queue.add(message(id, id));
    await jest.advanceTimersByTimeAsync(1000);
    expect(attempts).toEqual(['s1', 'a', 'b']);
    expect(held).toEqual(['s2 new_contacts', 's3 new_contacts']);
    expect(queue.status()).toMatchObject({ waiting: 2, until: { isEstimate: true } });
    await answer('s1');
    await jest.advanceTimersByTimeAsync(30_000);
    expect(attempts).toEqual(['s1', 'a', 'b', 's2']);
  });

  it('writes to no more new people than a day allows, counting those of before the start', async () => {
    const stranger: Contact = { isStranger: true, isNew: true, timeZones: [] };
    const contacts = { s1: stranger, s2: stranger, s3: { ...stranger, isNew: false } };
    const pacing = { ...paced(6000), newContactsPerDay: 5 };
    const { queue, attempts, releases, settings, answer } = queueWith(pacing, contacts);
    jest.setSystemTime(Date.parse('2026-11-23T22:00:00Z'));
    settings.newContacts = 4;
    for (const id of ['s1', 's2', 's3']) queue.add(message(id, id));
    await jest.advanceTimersByTimeAsync(1000);
    expect(attempts).toEqual(['s1', 's3']);
    expect([...releases]).toEqual([['s2', '2026-11-24T00:00:00.000Z']]);
    await answer('s1', { next: 'retry_after_work', work: new Promise(() => undefined) }); // nothing was sent after all
    queue.release('s2');
    await jest.advanceTimersByTimeAsync(1000);
    expect(attempts).toEqual(['s1', 's3', 's2']);
  });

  it('asks again when a day begins, and when the clock is set', async () => {
    const stranger: Contact = { isStranger: true, isNew: true, timeZones: [] };
    const { queue, attempts, settings } = queueWith(
      { ...paced(6000), newContactsPerDay: 1 },
      { s1: stranger, s2: stranger },
    );
    jest.setSystemTime(Date.parse('2026-11-23T22:00:00Z'));
    settings.newContacts = 1;
    queue.add(message('s1', 's1'));
    await jest.advanceTimersByTimeAsync(1000);
    expect(attempts).toEqual([]);
    jest.setSystemTime(Date.parse('2026-11-24T00:00:00Z'));
    settings.newContacts = 0;
    expect([...queue.dueChats()].map(({ chatId }) => chatId)).toEqual(['s1']);
    queue.release('s1');
    await jest.advanceTimersByTimeAsync(1000);
    expect(attempts).toEqual(['s1']);
  });

  it('keeps to what is set now, also for messages that wait already', async () => {
    const { queue, attempts, settings } = queueWith(paced(1));
    for (const id of ['m1', 'm2', 'm3']) queue.add(message(id, id));
    await jest.advanceTimersByTimeAsync(5000);
    expect(attempts).toEqual(['m1']);
    settings.pacing = { ...paced(1), enabled: false };
    queue.reconsider();
    expect(attempts).toEqual(['m1', 'm2', 'm3']);
  });

  it('slows down while many messages are refused', async () => {
    const { queue, attempts, answer } = queueWith({ ...paced(600), breaker: true });
    for (let n = 0; n < 12; n += 1) queue.add(message(`m${n}`, `chat ${n}`));
    for (let n = 0; n < 5; n += 1) {
      await jest.advanceTimersByTimeAsync(100);
      await answer(`m${n}`, { ...done, outcome: 'refused' });
    }
    const before = attempts.length;
    await jest.advanceTimersByTimeAsync(2000);
    expect(attempts.length - before).toBeLessThanOrEqual(3);
    expect(queue.status().until?.because).toContain('refused many');
  });
});
