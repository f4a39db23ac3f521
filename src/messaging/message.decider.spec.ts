import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { CancelMessage, MessageCommand, MessageEvent, SendMessage } from './message.contract.js';
import { messageDecider } from './message.decider.js';

const given = givenEvents(messageDecider);
const messageId = '0199aaaa-0000-7000-8000-000000000001';
const userId = '0199aaaa-0000-7000-8000-000000000002';
const sessionId = '0199aaaa-0000-7000-8000-000000000003';
const chatId = '0199aaaa-0000-8000-8000-000000000004';
const at = '2026-01-02T03:04:05.600Z';
const later = '2026-01-02T03:04:09.000Z';
const scheduledAt = '2026-02-01T00:00:00.000Z';

const order = {
  messageId,
  userId,
  sessionId,
  chatId,
  chat: '491701234567@s.whatsapp.net',
  to: '+491701234567',
  whatsappId: '3EB0AA',
  content: { type: 'text' as const, body: 'Hello', mentions: [] },
  replyTo: null,
  reference: null,
};
const send = (when: string | null = null): SendMessage => ({
  type: 'SendMessage',
  data: { ...order, scheduledAt: when, at },
});
const queued: MessageEvent = { type: 'MessageQueued', data: { ...order, acceptedAt: at, queuedAt: at } };
const scheduled: MessageEvent = { type: 'MessageScheduled', data: { ...order, acceptedAt: at, scheduledAt } };
const sent = (sentAt = later): MessageEvent => ({ type: 'MessageSent', data: { messageId, sentAt } });
const delivered = (deliveredAt = later): MessageEvent => ({
  type: 'MessageDelivered',
  data: { messageId, deliveredAt },
});
const read: MessageEvent = { type: 'MessageRead', data: { messageId, readAt: later } };
const canceled: MessageEvent = { type: 'MessageCanceled', data: { messageId, canceledAt: later } };
const failed = (code = 'whatsapp_463'): MessageEvent => ({
  type: 'MessageFailed',
  data: { messageId, code, reason: 'No.', retryable: false, failedAt: later },
});
const receipt = (type: 'RecordMessageSent' | 'RecordMessageDelivered' | 'RecordMessageRead', when = later) =>
  ({ type, data: { messageId, at: when } }) satisfies MessageCommand;
const fail: MessageCommand = {
  type: 'RecordMessageFailed',
  data: { messageId, code: 'whatsapp_463', reason: 'No.', retryable: false, at: later },
};
const cancel: CancelMessage = { type: 'CancelMessage', data: { messageId, userId, at: later } };
const hold: MessageCommand = {
  type: 'HoldMessage',
  data: { messageId, why: 'session_offline', detail: 'It waits.', at: later },
};
const held: MessageEvent = {
  type: 'MessageHeld',
  data: { messageId, why: 'session_offline', detail: 'It waits.', heldAt: later },
};

describe('a message of ours', () => {
  it('is queued once, however often it is asked for', () => {
    given([]).when(send()).then([queued]);
    given([queued]).when(send()).then([]);
    given([queued, sent()]).when(send()).then([]);
  });

  it('that is scheduled is queued when its time has come, once', () => {
    given([]).when(send(scheduledAt)).then([scheduled]);
    const due: MessageCommand = { type: 'QueueMessage', data: { messageId, at: scheduledAt } };
    const dueQueued: MessageEvent = {
      type: 'MessageQueued',
      data: { ...order, acceptedAt: at, queuedAt: scheduledAt },
    };
    given([scheduled]).when(due).then([dueQueued]);
    given([scheduled, dueQueued]).when(due).then([]);
    given([scheduled, canceled]).when(due).then([]);
  });

  it('says once for each reason that it is held', () => {
    given([queued]).when(hold).then([held]);
    given([queued, held]).when(hold).then([]);
    given([queued, sent()]).when(hold).then([]);
  });

  it('goes on, step by step, and records each once', () => {
    given([queued]).when(receipt('RecordMessageSent')).then([sent()]);
    given([queued, sent()]).when(receipt('RecordMessageSent')).then([]);
    given([queued, sent()]).when(receipt('RecordMessageDelivered')).then([delivered()]);
    given([queued, sent(), delivered()]).when(receipt('RecordMessageRead')).then([read]);
  });

  it('never goes back, whatever comes late', () => {
    const all = [queued, sent(), delivered(), read];
    given(all).when(receipt('RecordMessageSent')).then([]);
    given(all).when(receipt('RecordMessageDelivered')).then([]);
    given(all).when(fail).then([]);
    given([queued, failed()]).when(receipt('RecordMessageSent')).then([]);
    given([queued, canceled]).when(receipt('RecordMessageDelivered')).then([]);
    given([queued, canceled]).when(fail).then([]);
  });

  it('that is heard of late has taken the steps before as well', () => {
    given([queued]).when(receipt('RecordMessageRead')).then([sent(), delivered(), read]);
  });

  it('takes no step before the one it follows, as WhatsApp counts in whole seconds', () => {
    given([queued])
      .when(receipt('RecordMessageSent', '2026-01-02T03:04:05.000Z'))
      .then([sent(at)]);
    given([queued, sent()]).when(receipt('RecordMessageDelivered', at)).then([delivered()]);
  });

  it('that was only thought to have failed has arrived after all', () => {
    given([queued, failed('unconfirmed')])
      .when(receipt('RecordMessageDelivered'))
      .then([sent(), delivered()]);
  });

  it('fails while it has not left, and once', () => {
    given([queued]).when(fail).then([failed()]);
    given([scheduled]).when(fail).then([failed()]);
    given([queued, failed()]).when(fail).then([]);
  });

  it('is canceled while it has not left, by its user', () => {
    given([queued]).when(cancel).then([canceled]);
    given([scheduled]).when(cancel).then([canceled]);
    given([queued, canceled]).when(cancel).then([]);
    given([queued, sent()]).when(cancel).refused('message_not_cancelable');
    given([]).when(cancel).refused('message_not_found');
    given([queued])
      .when({ ...cancel, data: { messageId, userId: sessionId, at: later } })
      .refused('message_not_found');
  });

  it('hears nothing before it is there', () => {
    given([]).when(receipt('RecordMessageSent')).then([]);
    given([]).when(fail).then([]);
    given([]).when(hold).then([]);
  });
});

describe('a message from WhatsApp', () => {
  const data = {
    messageId,
    userId,
    sessionId,
    chatId,
    chat: order.chat,
    whatsappId: 'ABC',
    fromMe: false,
    from: '+491701234567',
    participant: null,
    pushName: 'Ada',
    content: { type: 'text' as const, body: 'Hi' },
    replyToWhatsappId: null,
    mentions: [],
    sentAt: at,
    receivedAt: at,
  };
  const received: MessageEvent = { type: 'MessageReceived', data };
  const edit: MessageCommand = {
    type: 'RecordMessageEdited',
    data: { messageId, chatId, changeId: 'E1', content: { type: 'text', body: 'Hi!' }, at: later },
  };
  const edited: MessageEvent = {
    type: 'MessageEdited',
    data: { messageId, chatId, changeId: 'E1', content: { type: 'text', body: 'Hi!' }, editedAt: later },
  };
  const revoke: MessageCommand = { type: 'RecordMessageRevoked', data: { messageId, changeId: 'R1', at: later } };
  const revoked: MessageEvent = { type: 'MessageRevoked', data: { messageId, changeId: 'R1', revokedAt: later } };
  const react: MessageCommand = {
    type: 'RecordReaction',
    data: { messageId, chatId, changeId: 'A1', from: '+491701234567', emoji: '👍', at: later },
  };
  const reacted: MessageEvent = {
    type: 'ReactionReceived',
    data: { messageId, chatId, changeId: 'A1', from: '+491701234567', emoji: '👍', reactedAt: later },
  };

  it('is received once, however often it comes', () => {
    given([]).when({ type: 'RecordMessageReceived', data }).then([received]);
    given([received]).when({ type: 'RecordMessageReceived', data }).then([]);
  });

  it('is edited and reacted to, and each is recorded once', () => {
    given([received]).when(edit).then([edited]);
    given([received, edited]).when(edit).then([]);
    given([received]).when(react).then([reacted]);
    given([received, edited, reacted]).when(react).then([]);
  });

  it('that was taken back changes no more', () => {
    given([received]).when(revoke).then([revoked]);
    given([received, revoked]).when(revoke).then([]);
    given([received, revoked]).when(edit).then([]);
  });

  it('must be there to be changed', () => {
    given([]).when(edit).then([]);
    given([]).when(react).then([]);
  });
});
