import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { CancelMessage, SendMessage } from '../../src/messaging/message.contract.js';
import type { GetMessage } from '../../src/messaging/message-view.contract.js';
import { accepted } from '../../src/messaging/message.builders.js';
import type { AcceptMessage, MessageCommand } from '../../src/messaging/message.commands.js';
import type { RevokeMessage } from '../../src/messaging/message-requests.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';

let messaging: Awaited<ReturnType<typeof startMessaging>>;

beforeAll(async () => {
  messaging = await startMessaging();
});

afterAll(() => messaging.stop());

const send = (
  userId: string,
  messageId: string = newId(),
  change: Partial<SendMessage['data']> = {},
  keyId?: string,
) => {
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const data = { messageId, userId, to: '+49 170 1234567', content, ...change };
  return messaging.dispatch<SendMessage>({ type: 'SendMessage', data }, keyId);
};
const cancel = (messageId: string, userId?: string) =>
  messaging.dispatch<CancelMessage>({
    type: 'CancelMessage',
    data: { messageId, ...(userId !== undefined && { userId }) },
  });

describe('SendMessage', () => {
  it('chooses the session, reads the recipient and answers the message with what is left of the quota', async () => {
    const userId = await messaging.newSender(10);
    const { message, allowance } = await send(userId);
    expect(message).toMatchObject({ userId, to: '+491701234567', status: 'queued', text: 'Hello' });
    expect(allowance).toMatchObject({ limit: 10, remaining: 9 });
  });

  it('with the same id again is the same message, which counts once', async () => {
    const userId = await messaging.newSender(10);
    const first = await send(userId);
    const again = await send(userId, first.message.id, { reference: 'changed meanwhile' });
    expect(again.message).toEqual(first.message);
    expect(again.allowance.remaining).toBe(9);
    expect((await send(userId)).allowance.remaining).toBe(8);
  });

  it('with the same id again is accepted although the quota is used up by it, or its time has passed', async () => {
    const userId = await messaging.newSender(2);
    const first = await send(userId);
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const scheduled = await send(userId, newId(), { scheduledAt });
    expect((await send(userId, first.message.id)).message).toEqual(first.message);
    const late = { scheduledAt, at: new Date(Date.now() + 7_200_000).toISOString() };
    expect((await send(userId, scheduled.message.id, late)).message).toEqual(scheduled.message);
  });

  it('is refused above the daily quota, also where many are dispatched at once, and the refusal tells the allowance', async () => {
    const userId = await messaging.newSender(5);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => send(userId)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(send(userId)).rejects.toMatchObject({
      code: 'daily_quota_exceeded',
      allowance: { limit: 5, remaining: 0, resetAfter: expect.any(Number) },
    });
  });

  it('of a reaction answers the message that it is to, which nobody has to say again', async () => {
    const userId = await messaging.newSender(10);
    const { message } = await send(userId);
    const to = (messageId: string) => ({ content: { type: 'reaction', messageId, emoji: '👍' } }) as const;
    expect((await send(userId, newId(), to(message.id))).message).toMatchObject({ replyTo: message.id });
    await expect(send(userId, newId(), to(newId()))).rejects.toMatchObject({ code: 'reply_to_not_found' });
  });

  it('that is refused for another reason does not count', async () => {
    const userId = await messaging.newSender(10);
    await expect(send(userId, newId(), { to: 'nobody' })).rejects.toMatchObject({ code: 'invalid_recipient' });
    await expect(send(userId, newId(), { replyTo: newId() })).rejects.toMatchObject({ code: 'reply_to_not_found' });
    await expect(send(userId, newId(), { sessionId: newId() })).rejects.toMatchObject({ code: 'session_not_found' });
    expect((await send(userId)).allowance.remaining).toBe(9);
  });
});

describe('a reply', () => {
  it('answers only what somebody may have received', async () => {
    const userId = await messaging.newSender(10);
    const queued = await send(userId);
    const scheduled = await send(userId, newId(), { scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    const canceled = await send(userId);
    await cancel(canceled.message.id);
    expect((await send(userId, newId(), { replyTo: queued.message.id })).message.replyTo).toBe(queued.message.id);
    for (const { message } of [scheduled, canceled])
      await expect(send(userId, newId(), { replyTo: message.id })).rejects.toMatchObject({ code: 'reply_to_not_sent' });
  });

  it('does not quote what is deleted, and so shows it to nobody again', async () => {
    const userId = await messaging.newSender(10);
    const { id: messageId } = (await send(userId)).message;
    const at = new Date().toISOString();
    await messaging.dispatch({ type: 'RecordMessageSent', data: { messageId, at, whatsappAt: at } } as MessageCommand);
    const reply = () => send(userId, newId(), { replyTo: messageId });
    expect((await reply()).message.replyTo).toBe(messageId);
    await messaging.dispatch<RevokeMessage>({ type: 'RevokeMessage', data: { messageId, userId } });
    await expect(reply()).rejects.toMatchObject({ code: 'reply_to_revoked' });
    const reaction = { content: { type: 'reaction', messageId, emoji: '👍' } } as const;
    await expect(send(userId, newId(), reaction)).rejects.toMatchObject({ code: 'reply_to_revoked' });
  });

  it('does not answer a reaction', async () => {
    const userId = await messaging.newSender(10);
    const { id } = (await send(userId)).message;
    const reaction = await send(userId, newId(), { content: { type: 'reaction', messageId: id, emoji: '👍' } });
    const replyTo = reaction.message.id;
    await expect(send(userId, newId(), { replyTo })).rejects.toMatchObject({ code: 'reply_to_reaction' });
  });
});

describe('a scheduled message', () => {
  it('is accepted for at most as many days ahead as are configured', async () => {
    const userId = await messaging.newSender(10);
    const at = '2026-11-28T10:00:00.000Z';
    const scheduled = (scheduledAt: string) => send(userId, newId(), { at, scheduledAt });
    expect((await scheduled('2027-11-28T10:00:00.000Z')).message.status).toBe('scheduled');
    await expect(scheduled('2027-11-28T10:00:01.000Z')).rejects.toMatchObject({ code: 'scheduled_too_far_ahead' });
  });

  it('fails where its session was deleted while it was being accepted', async () => {
    const userId = await messaging.newSender(10);
    const { acceptedAt: at, ...message } = { ...accepted, userId, messageId: newId(), sessionId: newId() };
    const accept: AcceptMessage = {
      type: 'AcceptMessage',
      data: { ...message, scheduledAt: '2099-01-01T00:00:00.000Z', at },
    };
    await messaging.dispatch<AcceptMessage>(accept);
    const types = await eventually(async () => {
      const events = await messaging.record(message.messageId);
      return events.length > 1 && events.map(({ type }) => type);
    });
    expect(types).toEqual(['MessageScheduled', 'MessageFailed']);
  });
});

describe('CancelMessage', () => {
  it('on behalf of a user does not find the messages of others', async () => {
    const userId = await messaging.newSender(10);
    const { message } = await send(userId);
    await expect(cancel(message.id, newId())).rejects.toMatchObject({ code: 'message_not_found' });
    await expect(cancel(newId(), userId)).rejects.toMatchObject({ code: 'message_not_found' });
    expect(await cancel(message.id, userId)).toMatchObject({ events: 1 });
    expect(await cancel(message.id, userId)).toMatchObject({ events: 0 });
  });

  it('on behalf of nobody in particular cancels any message', async () => {
    const { message } = await send(await messaging.newSender(10));
    expect(await cancel(message.id)).toMatchObject({ events: 1 });
  });
});

describe('a message that is accepted in the instant in which its key is revoked', () => {
  it('is canceled like those before it', async () => {
    const userId = await messaging.newSender(10);
    const keyId = await messaging.revokeKey(userId); // the caller was let in a moment before
    const queued = await send(userId, newId(), {}, keyId);
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const scheduled = await send(userId, newId(), { scheduledAt }, keyId);
    const other = await send(userId);
    const status = async ({ message }: typeof queued) => {
      const query: GetMessage = { type: 'GetMessage', data: { messageId: message.id, userId } };
      return (await messaging.ask<GetMessage>(query)).status;
    };
    for (const message of [queued, scheduled]) await eventually(async () => (await status(message)) === 'canceled');
    expect(await status(other)).toBe('queued');
  });
});
