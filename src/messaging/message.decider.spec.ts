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
  data: { messageId, at: when, whatsappAt: when },
});
const fail: MessageCommand = {
  type: 'RecordMessageFailed',
  data: { messageId, code: 'whatsapp_463', reason: 'No.', retryable: false, at: later },
};
const cancel: MessageCommand = { type: 'RecordMessageCanceled', data: { messageId, at: later } };
const cancelIfUnsent: MessageCommand = { type: 'CancelIfUnsent', data: { messageId, at: later } };
const hold: MessageCommand = {
  type: 'HoldMessage',
  data: { messageId, why: 'session_offline', detail: 'It waits.', at: later },
};

const abandon: MessageCommand = { type: 'AbandonMessage', data: { messageId, at: later } };
const attempt: MessageCommand = { type: 'BeginAttempt', data: { messageId, at: later } };
/** WhatsApp refused the only attempt there was. */
const holdAfterRefusal: MessageCommand = {
  type: 'HoldMessage',
  data: { messageId, why: 'whatsapp_busy', detail: 'It waits.', nothingLeft: true, at: later },
};

const queued = messageEvent('MessageQueued');
const scheduled = messageEvent('MessageScheduled');
const held = messageEvent('MessageHeld');
const attempted = messageEvent('MessageAttempted');
const refusedForNow = messageEvent('MessageHeld', { why: 'whatsapp_busy' });
const unconfirmed = messageEvent('MessageHeld', { why: 'unconfirmed', mayHaveLeft: true });
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

  it('records once that it is held, as long as the reason is the same', () => {
    given([queued]).when(hold).then([held]);
    given([queued, held]).when(hold).then([]);
    given([queued, sent]).when(hold).then([]);
  });

  it('says again that the session is offline once somebody has activated the user, or linked the session again', () => {
    for (const why of ['user_inactive', 'session_logged_out', 'restored'] as const) {
      const waits = messageEvent('MessageHeld', { why });
      given([queued, held])
        .when({ type: 'HoldMessage', data: { ...hold.data, why } } as MessageCommand)
        .then([waits]);
      given([queued, held, waits]).when(hold).then([held]);
    }
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
    given([queued, canceled]).when(fail).then([]);
  });

  it('records the statuses that were never reported with a later one', () => {
    given([queued]).when(report('Read')).then([sent, delivered, read]);
  });

  it('has the times at which things became known here, and WhatsApp’s own beside them where they differ', () => {
    const [at, whatsappAt] = ['2026-01-02T03:05:09.123Z', '2026-01-02T03:04:50.000Z'];
    given([queued, sent])
      .when({ type: 'RecordMessageRead', data: { messageId, at, whatsappAt } })
      .then([
        messageEvent('MessageDelivered', { deliveredAt: at }),
        messageEvent('MessageRead', { readAt: at, whatsappAt }),
      ]);
    given([queued])
      .when({ type: 'RecordMessageSent', data: { messageId, at, whatsappAt: '2026-01-02T03:05:09.000Z' } })
      .then([messageEvent('MessageSent', { sentAt: at })]);
  });

  it('records nothing with a time before what was recorded already, although the clock was set back', () => {
    const early = '2026-01-02T03:04:05.000Z';
    given([queued])
      .when({ type: 'BeginAttempt', data: { messageId, at: early } })
      .then([messageEvent('MessageAttempted', { attemptedAt: at })]);
    given([queued, attempted])
      .when({ type: 'RecordMessageSent', data: { messageId, at: early, whatsappAt: early } })
      .then([messageEvent('MessageSent', { sentAt: later, whatsappAt: early })]);
    given([queued, held])
      .when({ type: 'RecordMessageCanceled', data: { messageId, at: early } })
      .then([canceled]);
  });

  it('follows the proof: what a device has did not fail and was not canceled, whatever was recorded before', () => {
    for (const code of ['unconfirmed', 'whatsapp_463', 'session_deleted', 'not_on_whatsapp']) {
      const given_ = given([queued, messageEvent('MessageFailed', { code })]);
      given_.when(report('Delivered')).then([sent, delivered]);
      given_.when(report('Sent')).then([sent]);
    }
    given([queued, canceled]).when(report('Read')).then([sent, delivered, read]);
    given([queued, canceled, sent, delivered]).when(report('Read')).then([read]);
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

  it('of a revoked key is canceled only where that is certain to keep it from being sent', () => {
    given([queued]).when(cancelIfUnsent).then([canceled]);
    given([scheduled]).when(cancelIfUnsent).then([canceled]);
    for (const events of [[], [queued, canceled], [queued, attempted], [queued, sent], [queued, failed]])
      given(events).when(cancelIfUnsent).then([]);
  });

  it('cannot be canceled from the moment at which it may leave, whatever happens later', () => {
    given([queued]).when(attempt).then([attempted]);
    given([queued, attempted]).when(cancel).refused('message_not_cancelable');
    given([queued, attempted]).when(attempt).then([]);
    given([queued, attempted, unconfirmed]).when(cancel).refused('message_not_cancelable');
    const refusedLater = messageEvent('MessageHeld', { why: 'whatsapp_busy', mayHaveLeft: true });
    given([queued, attempted, unconfirmed, refusedLater]).when(cancel).refused('message_not_cancelable');
  });

  it('can be canceled again once the only attempt has certainly failed', () => {
    given([queued, attempted]).when(holdAfterRefusal).then([refusedForNow]);
    given([queued, attempted, refusedForNow]).when(cancel).then([canceled]);
    given([queued, attempted, refusedForNow]).when(attempt).then([attempted]);
    given([queued, attempted, refusedForNow, attempted]).when(cancel).refused('message_not_cancelable');
    given([queued, attempted, refusedForNow, attempted]).when(holdAfterRefusal).then([refusedForNow]);
  });

  it('that was canceled, or is not queued any more, is not attempted', () => {
    given([queued, canceled]).when(attempt).refused('message_not_queued');
    given([queued, sent]).when(attempt).refused('message_not_queued');
    given([scheduled]).when(attempt).refused('message_not_queued');
  });

  it('that may have left does not wait for its session or its turn', () => {
    given([queued, attempted]).when(hold).then([]);
  });

  it('fails with words that say whether it may have arrived, and counts for the quota of its day where it may', () => {
    const failsWith = (code: string, reason: string, givesBack: string | null = null) =>
      messageEvent('MessageFailed', { code, reason, givesBack });
    given([queued])
      .when(abandon)
      .then([failsWith('session_deleted', 'The session was deleted before the message was sent.', at)]);
    const mayHaveArrived = 'It may have arrived.';
    given([queued, attempted])
      .when(abandon)
      .then([
        failsWith(
          'session_deleted',
          `The session was deleted before WhatsApp confirmed the message. ${mayHaveArrived}`,
        ),
      ]);
    given([queued, attempted])
      .when(fail)
      .then([failsWith('whatsapp_463', `No. An earlier attempt was not answered. ${mayHaveArrived}`)]);
    given([queued, attempted])
      .when({ type: 'RecordMessageFailed', data: { ...fail.data, nothingLeft: true } } as MessageCommand)
      .then([failed]);
    given([queued, sent]).when(abandon).then([]);
  });

  it('fails where its session was linked to another account than it waits for', () => {
    const linkedTo = (account: string): MessageCommand => ({
      type: 'FailUnlessFor',
      data: { messageId, account, at: later },
    });
    const reason = 'The session is linked to another number than the message was accepted for.';
    const accountChanged = messageEvent('MessageFailed', { code: 'account_changed', reason });
    const other = '+491705555555';
    for (const waiting of [queued, scheduled]) {
      given([waiting]).when(linkedTo(other)).then([accountChanged]);
      given([waiting]).when(linkedTo(accepted.account)).then([]);
    }
    const mayHaveArrived = `${reason} An earlier attempt was not answered. It may have arrived.`;
    given([queued, attempted])
      .when(linkedTo(other))
      .then([messageEvent('MessageFailed', { code: 'account_changed', reason: mayHaveArrived, givesBack: null })]);
    for (const events of [[], [queued, sent], [queued, canceled], [queued, failed]])
      given(events).when(linkedTo(other)).then([]);
  });

  it('that was revoked takes no edit and no reaction any more, but its receipts', () => {
    const revoked = messageEvent('MessageRevoked');
    const data = { ...messageOwner, changeId: 'E1', at: later };
    const edit: MessageCommand = {
      type: 'RecordMessageEdited',
      data: { ...data, content: { type: 'text', body: 'x' }, mentions: [] },
    };
    const react: MessageCommand = { type: 'RecordReaction', data: { ...data, from: '+491701234567', emoji: '👍' } };
    for (const past of [
      [queued, sent, revoked],
      [queued, sent, revoked, delivered],
    ]) {
      given(past).when(edit).then([]);
      given(past).when(react).then([]);
    }
    given([queued, sent, revoked]).when(report('Delivered')).then([delivered]);
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
    data: { ...messageOwner, changeId: 'E1', content: { type: 'text', body: 'Hi!' }, mentions: [], at: later },
  };
  const revoke: MessageCommand = { type: 'RecordMessageRevoked', data: { ...messageOwner, changeId: 'R1', at: later } };
  const react: MessageCommand = {
    type: 'RecordReaction',
    data: { ...messageOwner, changeId: 'A1', from: '+491701234567', emoji: '👍', at: later },
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
    given([received, revoked]).when(react).then([]);
  });

  it('hands its owner on to every later event', () => {
    const other = { userId: '0199aaaa-0000-7000-8000-0000000000ff' };
    given([messageEvent('MessageReceived', other)])
      .when(revoke)
      .then([messageEvent('MessageRevoked', other)]);
  });
});
