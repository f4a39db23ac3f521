import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { AbandonMessage, BeginAttempt } from '../../src/messaging/message.commands.js';
import type { CancelMessage, SendMessage } from '../../src/messaging/message.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';

let messaging: Awaited<ReturnType<typeof startMessaging>>;

beforeAll(async () => {
  messaging = await startMessaging();
});

afterAll(() => messaging.stop());

const send = async (userId: string, at = new Date().toISOString(), to = '+49 170 1234567') => {
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const data = { messageId: newId(), userId, to, content, at };
  const { message, allowance } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
  return { id: message.id, ...allowance };
};
/** How many of so many messages at once are accepted. */
const accepted = async (userId: string, count: number, at?: string): Promise<number> => {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, () => send(userId, at)));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
};
const cancel = (messageId: string) => messaging.dispatch<CancelMessage>({ type: 'CancelMessage', data: { messageId } });
const abandon = (messageId: string) => {
  const data = { messageId, at: new Date().toISOString() };
  return messaging.dispatch<AbandonMessage>({ type: 'AbandonMessage', data });
};
const attempt = (messageId: string) => {
  const data = { messageId, at: new Date().toISOString() };
  return messaging.dispatch<BeginAttempt>({ type: 'BeginAttempt', data });
};
const exceeded = expect.objectContaining({ code: 'daily_quota_exceeded' });
const restart = async (): Promise<void> => {
  await messaging.close();
  messaging = await startMessaging({ directory: messaging.directory });
};

describe('the daily quota', () => {
  it('accepts exactly as many messages as it has, however many come at once, also after a restart', async () => {
    const userId = await messaging.newSender(100);
    expect(await accepted(userId, 200)).toBe(100);
    await restart();
    expect(await accepted(userId, 20)).toBe(0);
    await messaging.changeUser(userId, { limits: { maxMessagesPerDay: 105 } });
    expect(await accepted(userId, 20)).toBe(5);
  });

  it('gives back what is canceled before it left, at once, and the same after a restart', async () => {
    const userId = await messaging.newSender(3);
    const sent = [await send(userId), await send(userId), await send(userId)];
    await expect(send(userId)).rejects.toEqual(exceeded);
    await cancel(sent[0]!.id);
    expect((await send(userId)).remaining).toBe(0);
    await expect(send(userId)).rejects.toEqual(exceeded);
    await cancel(sent[1]!.id);
    await restart();
    expect(await accepted(userId, 5)).toBe(1);
  });

  it('gives back what failed before it left, and nothing of what may have left', async () => {
    const userId = await messaging.newSender(2);
    const [unsent, attempted] = [await send(userId), await send(userId)];
    await attempt(attempted.id);
    await abandon(attempted.id);
    await expect(send(userId)).rejects.toEqual(exceeded);
    await abandon(unsent.id);
    expect(await accepted(userId, 3)).toBe(1);
    await restart();
    expect(await accepted(userId, 3)).toBe(0);
  });

  it('is never exceeded where messages are canceled while many are accepted', async () => {
    const userId = await messaging.newSender(20);
    let [inUse, most] = [0, 0];
    const one = async (): Promise<void> => {
      const { id } = await send(userId);
      most = Math.max(most, (inUse += 1));
      inUse -= 1; // before the log has it: what is in use is never more than this
      await cancel(id);
    };
    await Promise.allSettled(Array.from({ length: 200 }, one));
    expect(most).toBeLessThanOrEqual(20);
    expect(await accepted(userId, 40)).toBe(20);
    await restart();
    expect(await accepted(userId, 1)).toBe(0);
  });

  it('begins anew on the next day, and has one of its own for the day before where the clock is set back', async () => {
    const userId = await messaging.newSender(2);
    expect(await accepted(userId, 3, '2026-11-29T23:59:59.999Z')).toBe(2);
    expect(await accepted(userId, 3, '2026-11-30T00:00:00.000Z')).toBe(2);
    expect(await accepted(userId, 3, '2026-11-29T12:00:00.000Z')).toBe(0);
    expect(await accepted(userId, 3, '2026-11-28T12:00:00.000Z')).toBe(2);
    await restart();
    for (const day of ['28', '29', '30']) expect(await accepted(userId, 1, `2026-11-${day}T12:00:00.000Z`)).toBe(0);
  });

  it('counts the days of the user’s time zone, also where one has 23 or 25 hours', async () => {
    const userId = await messaging.newSender(1, 'Europe/Berlin');
    expect(await accepted(userId, 2, '2026-10-24T21:59:59.999Z')).toBe(1);
    expect((await send(userId, '2026-10-24T22:00:00.000Z')).resetAfter).toBe(25 * 3600);
    expect(await accepted(userId, 2, '2026-10-25T22:59:59.999Z')).toBe(0);
    expect(await accepted(userId, 2, '2026-10-25T23:00:00.000Z')).toBe(1);
    expect((await send(userId, '2026-03-28T23:00:00.000Z')).resetAfter).toBe(23 * 3600);
    expect(await accepted(userId, 2, '2026-03-29T21:59:59.999Z')).toBe(0);
    expect(await accepted(userId, 2, '2026-03-29T22:00:00.000Z')).toBe(1);
  });

  it('counts what was accepted on the day of another time zone that the user moves to', async () => {
    const userId = await messaging.newSender(2);
    expect(await accepted(userId, 1, '2026-11-29T14:00:00.000Z')).toBe(1);
    expect(await accepted(userId, 2, '2026-11-29T16:00:00.000Z')).toBe(1);
    await messaging.changeUser(userId, { limits: { maxMessagesPerDay: 2 }, timeZone: 'Asia/Tokyo' });
    await restart();
    expect(await accepted(userId, 2, '2026-11-29T17:00:00.000Z')).toBe(1);
  });

  it('accepts nothing more where its limit is lowered below what is used', async () => {
    const userId = await messaging.newSender(5);
    expect(await accepted(userId, 4)).toBe(4);
    await messaging.changeUser(userId, { limits: { maxMessagesPerDay: 2 } });
    await restart();
    await expect(send(userId)).rejects.toMatchObject({ allowance: { limit: 2, remaining: 0 } });
  });
});

describe('the limit of messages per minute', () => {
  it('holds exactly for a session, also after a restart, and begins anew with the next minute', async () => {
    const userId = await messaging.newSender(1000);
    await messaging.changeUser(userId, { limits: { maxMessagesPerMinute: 10 } });
    await restart();
    expect(await accepted(userId, 30, '2026-11-29T12:00:59.999Z')).toBe(10);
    await expect(send(userId, '2026-11-29T12:00:30.000Z')).rejects.toMatchObject({
      code: 'messages_per_minute_exceeded',
      retryAfter: 30,
    });
    await restart();
    expect(await accepted(userId, 1, '2026-11-29T12:00:00.000Z')).toBe(0);
    expect(await accepted(userId, 30, '2026-11-29T12:01:00.000Z')).toBe(10);
  });
});

describe('the limit of new people per day', () => {
  const number = (index: number) => `+49 170 12345${10 + index}`;

  it('counts each person once, and only those in whose chat there was nothing', async () => {
    const userId = await messaging.newSender(1000);
    const noon = '2026-11-29T12:00:00.000Z';
    const known = number(0);
    await send(userId, noon, known);
    await messaging.changeUser(userId, { limits: { maxRecipientsPerDay: 3 } });
    await restart();
    const toMany = Array.from({ length: 30 }, (_, index) => send(userId, noon, number(index % 10)));
    const outcomes = await Promise.allSettled(toMany);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4 * 3);
    await expect(send(userId, noon, number(20))).rejects.toMatchObject({ code: 'daily_recipients_exceeded' });
    await restart();
    await send(userId, noon, known);
    await expect(send(userId, noon, number(20))).rejects.toMatchObject({ code: 'daily_recipients_exceeded' });
    await send(userId, '2026-11-30T12:00:00.000Z', number(20));
  });
});

describe('what a user is told of their quota', () => {
  const told = async (userId: string) =>
    (await messaging.events(`quota-${userId}`)).map(({ type, data }) => [type, (data as { used: number }).used]);

  it('is told once a day, however many messages come at once, and not again after a restart', async () => {
    const userId = await messaging.newSender(10);
    await accepted(userId, 7);
    expect(await told(userId)).toEqual([]);
    await send(userId);
    await eventually(async () => expect(await told(userId)).toEqual([['QuotaWarned', 8]]));
    await accepted(userId, 20);
    await eventually(async () =>
      expect(await told(userId)).toEqual([
        ['QuotaWarned', 8],
        ['QuotaExceeded', 10],
      ]),
    );
    await restart();
    expect(await accepted(userId, 5)).toBe(0);
    expect(await told(userId)).toHaveLength(2);
  });
});
