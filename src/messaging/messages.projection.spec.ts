import { describe, expect, it } from '@jest/globals';
import { project, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import type { MessageEvent } from './message.contract.js';
import { messagesProjection } from './messages.projection.js';

const messageId = '0199aaaa-0000-7000-8000-000000000001';
const at = '2026-01-02T03:04:05.000Z';
const later = '2026-01-02T03:05:00.000Z';
const order = {
  messageId,
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  chatId: '0199aaaa-0000-8000-8000-000000000004',
  chat: '491701234567@s.whatsapp.net',
  to: '+491701234567',
  whatsappId: '3EB0AA',
  content: { type: 'text' as const, body: 'Hello', mentions: [] },
  replyTo: null,
  reference: 'order-1',
  acceptedAt: at,
};
const scheduled: MessageEvent = { type: 'MessageScheduled', data: { ...order, scheduledAt: later } };
const queued: MessageEvent = { type: 'MessageQueued', data: { ...order, queuedAt: later } };
const sent: MessageEvent = { type: 'MessageSent', data: { messageId, sentAt: later } };
const failed: MessageEvent = {
  type: 'MessageFailed',
  data: { messageId, code: 'unconfirmed', reason: 'Nothing was heard.', retryable: true, failedAt: later },
};

/** How a message looks after these events, which stand at 101, 102, … */
const after = (...events: readonly MessageEvent[]): Fields | undefined =>
  events
    .flatMap((event, revision) =>
      project(messagesProjection, { ...event, revision, position: 101 + revision } as Recorded),
    )
    .reduce<Fields | undefined>(applyWrite, undefined);

describe('the view of messages', () => {
  it('shows a message as the last event left it', () => {
    const delivered: MessageEvent = { type: 'MessageDelivered', data: { messageId, deliveredAt: later } };
    expect(after(queued, sent, delivered)).toMatchObject({
      id: messageId,
      status: 'delivered',
      direction: 'outgoing',
      text: 'Hello',
      reference: 'order-1',
      createdAt: at,
      sentAt: later,
      deliveredAt: later,
      position: 101,
      queuedPosition: 101,
    });
  });

  it('keeps the place in the list of a scheduled message, which leaves in the order in which it was queued', () => {
    expect(after(scheduled)).toMatchObject({ status: 'scheduled', scheduledAt: later, position: 101 });
    expect(after(scheduled, queued)).toMatchObject({ status: 'queued', position: 101, queuedPosition: 102 });
  });

  it('says why a message failed, and no longer where it had arrived after all', () => {
    expect(after(queued, failed)).toMatchObject({ status: 'failed', error: { code: 'unconfirmed', retryable: true } });
    expect(after(queued, failed, sent)).toMatchObject({ status: 'sent', error: null, failedAt: null });
  });

  it('shows what was received, and what its author made of it', () => {
    const received: MessageEvent = {
      type: 'MessageReceived',
      data: {
        messageId,
        userId: order.userId,
        sessionId: order.sessionId,
        chatId: order.chatId,
        chat: order.chat,
        whatsappId: 'ABC',
        fromMe: false,
        from: '+491701234567',
        participant: null,
        pushName: 'Ada',
        content: { type: 'text', body: 'Helo' },
        replyToWhatsappId: null,
        mentions: [],
        sentAt: at,
        receivedAt: later,
      },
    };
    const edited: MessageEvent = {
      type: 'MessageEdited',
      data: {
        messageId,
        chatId: order.chatId,
        changeId: 'E',
        content: { type: 'text', body: 'Hello' },
        editedAt: later,
      },
    };
    expect(after(received)).toMatchObject({ status: 'received', direction: 'incoming', via: 'whatsapp', text: 'Helo' });
    expect(after(received, edited)).toMatchObject({ status: 'received', text: 'Hello', editedAt: later });
    const own = { ...received, data: { ...received.data, fromMe: true } } as MessageEvent;
    expect(after(own)).toMatchObject({ status: 'sent', direction: 'outgoing', via: 'phone', to: order.chat });
  });
});
