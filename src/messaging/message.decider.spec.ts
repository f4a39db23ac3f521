import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { accepted, at, later, messageEvent, messageOwner, scheduledAt } from './message.builders.js';
import type { AcceptMessage, MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';

const given = givenEvents(messageDecider);
const { messageId } = messageOwner;

const accept = (when: string | null = null): AcceptMessage => {
  const { acceptedAt, ...message } = accepted;
  return { type: 'AcceptMessage', data: { ...message, scheduledAt: when, at: acceptedAt } };
};
const report = (status: 'Sent' | 'Delivered' | 'Read' | 'Played', when = later): MessageCommand => ({
  type: `RecordMessage${status}`,
  data: { messageId, at: when },
});
const fail: MessageCommand = {
  type: 'RecordMessageFailed',
  data: { messageId, code: 'whatsapp_463', reason: 'No.', retryable: false, at: later },
};
const cancel: MessageCommand = { type: 'RecordMessageCanceled', data: { messageId, at: later } };
const hold: MessageCommand = {
  type: 'HoldMessage',
  data: { messageId, why: 'session_offline', detail: 'It waits.', at: later },
};

const queued = messageEvent('MessageQueued');
const scheduled = messageEvent('MessageScheduled');
const held = messageEvent('MessageHeld');
const sent = messageEvent('MessageSent');
const delivered = messageEvent('MessageDelivered');
const read = messageEvent('MessageRead');
const played = messageEvent('MessagePlayed');
const failed = messageEvent('MessageFailed');
const canceled = messageEvent('MessageCanceled');

describe('a message to send', () => {
  it('is queued once, however often it is requested', () => {
    given([]).when(accept()).then([queued]);
    given([queued]).when(accept()).then([]);
    given([queued, sent]).when(accept()).then([]);
  });

  it('that is scheduled is queued at its time, once', () => {
    given([]).when(accept(scheduledAt)).then([scheduled]);
    const due: MessageCommand = { type: 'QueueMessage', data: { messageId, at: scheduledAt } };
    const queuedWhenDue = messageEvent('MessageQueued', { queuedAt: scheduledAt });
    given([scheduled]).when(due).then([queuedWhenDue]);
    given([scheduled, queuedWhenDue]).when(due).then([]);
    given([scheduled, canceled]).when(due).then([]);
  });

  it('records each reason for which it is held once', () => {
    given([queued]).when(hold).then([held]);
    given([queued, held]).when(hold).then([]);
    given([queued, sent]).when(hold).then([]);
  });

  it('records each status once', () => {
    given([queued]).when(report('Sent')).then([sent]);
    given([queued, sent]).when(report('Sent')).then([]);
    given([queued, sent]).when(report('Delivered')).then([delivered]);
    given([queued, sent, delivered]).when(report('Read')).then([read]);
    given([queued, sent, delivered, read]).when(report('Played')).then([played]);
  });

  it('never goes back to an earlier status, whatever is reported late', () => {
    const all = [queued, sent, delivered, read];
    given(all).when(report('Sent')).then([]);
    given(all).when(report('Delivered')).then([]);
    given(all).when(fail).then([]);
    given([queued, failed]).when(report('Sent')).then([]);
    given([queued, canceled]).when(report('Delivered')).then([]);
    given([queued, canceled]).when(fail).then([]);
  });

  it('records the statuses that were never reported with a later one', () => {
    given([queued]).when(report('Read')).then([sent, delivered, read]);
  });

  it('has no status before the one that precedes it, although WhatsApp counts in whole seconds', () => {
    given([queued])
      .when(report('Sent', '2026-01-02T03:04:05.000Z'))
      .then([messageEvent('MessageSent', { sentAt: at })]);
    given([queued, sent]).when(report('Delivered', at)).then([delivered]);
  });

  it('that failed because it was never confirmed can still turn out to have arrived', () => {
    given([queued, messageEvent('MessageFailed', { code: 'unconfirmed' })])
      .when(report('Delivered'))
      .then([sent, delivered]);
  });

  it('fails only before it is sent, and once', () => {
    given([queued]).when(fail).then([failed]);
    given([scheduled]).when(fail).then([failed]);
    given([queued, failed]).when(fail).then([]);
  });

  it('is canceled only before it is sent', () => {
    given([queued]).when(cancel).then([canceled]);
    given([scheduled]).when(cancel).then([canceled]);
    given([queued, canceled]).when(cancel).then([]);
    given([queued, sent]).when(cancel).refused('message_not_cancelable');
    given([queued, failed]).when(cancel).refused('message_not_cancelable');
    given([]).when(cancel).refused('message_not_found');
  });

  it('that does not exist ignores reports', () => {
    given([]).when(report('Sent')).then([]);
    given([]).when(fail).then([]);
    given([]).when(hold).then([]);
  });
});

describe('a message from WhatsApp', () => {
  const received = messageEvent('MessageReceived');
  const edited = messageEvent('MessageEdited');
  const revoked = messageEvent('MessageRevoked');
  const reacted = messageEvent('ReactionReceived');
  const receive: MessageCommand = { type: 'RecordMessageReceived', data: received.data };
  const edit: MessageCommand = {
    type: 'RecordMessageEdited',
    data: { messageId, changeId: 'E1', content: { type: 'text', body: 'Hi!' }, at: later },
  };
  const revoke: MessageCommand = { type: 'RecordMessageRevoked', data: { messageId, changeId: 'R1', at: later } };
  const react: MessageCommand = {
    type: 'RecordReaction',
    data: { messageId, changeId: 'A1', from: '+491701234567', emoji: '👍', at: later },
  };

  it('is received once, however often it is reported', () => {
    given([]).when(receive).then([received]);
    given([received]).when(receive).then([]);
  });

  it('records each edit and reaction once', () => {
    given([received]).when(edit).then([edited]);
    given([received, edited]).when(edit).then([]);
    given([received]).when(react).then([reacted]);
    given([received, edited, reacted]).when(react).then([]);
  });

  it('that was revoked does not change any more', () => {
    given([received]).when(revoke).then([revoked]);
    given([received, revoked]).when(revoke).then([]);
    given([received, revoked]).when(edit).then([]);
  });

  it('must exist to be changed', () => {
    given([]).when(edit).then([]);
    given([]).when(react).then([]);
  });

  it('hands its owner on to every later event', () => {
    const other = { userId: '0199aaaa-0000-7000-8000-0000000000ff' };
    given([messageEvent('MessageReceived', other)])
      .when(revoke)
      .then([messageEvent('MessageRevoked', other)]);
  });
});
