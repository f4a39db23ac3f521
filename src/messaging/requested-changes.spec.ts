import { describe, expect, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { accepted, later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';
import { changeToSend, editWindowMs, postWindowMs, revocationWindowMs } from './requested-changes.rules.js';

const given = givenEvents(messageDecider);
const { messageId } = messageOwner;
const content = { type: 'text', body: 'Hi!', mentions: [] } as const;

const edit = (fields: object = {}): MessageCommand => ({
  type: 'RequestMessageEdit',
  data: { messageId, changeId: 'C1', content, keyId: null, at: later, ...fields },
});
const revoke = (fields: object = {}): MessageCommand => ({
  type: 'RequestMessageRevocation',
  data: { messageId, changeId: 'C1', keyId: null, at: later, ...fields },
});
const changeSent = (changeId = 'C1'): MessageCommand => ({
  type: 'RecordChangeSent',
  data: { messageId, changeId, at: later },
});
const changeFailed: MessageCommand = {
  type: 'RecordChangeFailed',
  data: { messageId, changeId: 'C1', code: 'whatsapp_403', reason: 'No.', retryable: false, at: later },
};
const revokedOnPhone: MessageCommand = {
  type: 'RecordMessageRevoked',
  data: { ...messageOwner, changeId: 'P1', at: later },
};

const queued = messageEvent('MessageQueued');
const sent = messageEvent('MessageSent');
const failed = messageEvent('MessageFailed');
const editRequested = messageEvent('MessageEditRequested');
const revocationRequested = messageEvent('MessageRevocationRequested');
const madeAt = editRequested.data.requestedAt;
const edited = messageEvent('MessageEdited', { changeId: 'C1', madeAt });
const revoked = messageEvent('MessageRevoked', { changeId: 'C1' });

const after = (ms: number): string => new Date(Date.parse(later) + ms).toISOString();

describe('an edit of a message that was sent', () => {
  it('is requested, and made once WhatsApp has it', () => {
    given([queued, sent]).when(edit()).then([editRequested]);
    given([queued, sent, editRequested]).when(changeSent()).then([edited]);
    given([queued, sent, editRequested, edited]).when(changeSent()).then([]);
  });

  it('names the people whom it mentions', () => {
    const mentions = ['+491701234567'];
    const requested = messageEvent('MessageEditRequested', { content: { ...content, mentions } });
    given([queued, sent, requested])
      .when(changeSent())
      .then([messageEvent('MessageEdited', { changeId: 'C1', madeAt, mentions })]);
  });

  it('mentions everybody in a group only', () => {
    const toAll = { type: 'text', body: 'Hi!', mentionAll: true } as const;
    given([queued, sent])
      .when(edit({ content: toAll }))
      .refused('mention_all_needs_group');
    const inGroup = messageEvent('MessageQueued', { chat: '120363012345678901@g.us' });
    const requested = messageEvent('MessageEditRequested', { chat: '120363012345678901@g.us', content: toAll });
    given([inGroup, sent])
      .when(edit({ content: toAll }))
      .then([requested]);
    given([inGroup, sent, requested])
      .when(changeSent())
      .then([messageEvent('MessageEdited', { changeId: 'C1', madeAt, mentionAll: true })]);
  });

  it('is requested once where the same is asked for again before it is made', () => {
    given([queued, sent, editRequested])
      .when(edit({ changeId: 'C2' }))
      .then([]);
    const other = { ...content, body: 'Hey' };
    given([queued, sent, editRequested])
      .when(edit({ changeId: 'C2', content: other, at: after(1) }))
      .then([messageEvent('MessageEditRequested', { changeId: 'C2', content: other, requestedAt: after(1) })]);
  });

  it('that WhatsApp refuses leaves the message as it is', () => {
    given([queued, sent, editRequested])
      .when(changeFailed)
      .then([messageEvent('MessageChangeFailed')]);
    given([queued, sent, editRequested, messageEvent('MessageChangeFailed')])
      .when(changeSent())
      .then([]);
  });

  it('is not made once a later edit counts, from the phone or from here', () => {
    const overtaken = messageEvent('MessageChangeFailed', {
      code: 'edit_overtaken',
      reason: 'A later edit of the message counts.',
    });
    const onPhone = (madeAt: string) => messageEvent('MessageEdited', { changeId: 'P1', madeAt });
    const editedOnPhone = (madeAt: string): MessageCommand => ({
      type: 'RecordMessageEdited',
      data: {
        ...messageOwner,
        changeId: 'P1',
        content: { type: 'text', body: 'Hi!' },
        mentions: [],
        madeAt,
        at: later,
      },
    });
    const pending = [queued, sent, editRequested];
    given(pending)
      .when(editedOnPhone(after(1)))
      .then([onPhone(after(1)), overtaken]);
    for (const earlier of [later, after(-1)])
      given(pending)
        .when(editedOnPhone(earlier))
        .then([onPhone(earlier)]);
    given([...pending, onPhone(after(-1))])
      .when(changeSent())
      .then([edited]);
    given([...pending, onPhone(after(1))])
      .when(changeSent())
      .then([overtaken]);
    given([...pending, onPhone(after(1)), overtaken])
      .when(changeSent())
      .then([]);
    const second = messageEvent('MessageEditRequested', { changeId: 'C2', requestedAt: after(1) });
    given([...pending, second])
      .when(changeSent('C2'))
      .then([
        messageEvent('MessageEdited', { changeId: 'C2', madeAt: after(1), editedAt: after(1) }),
        messageEvent('MessageChangeFailed', { ...overtaken.data, failedAt: after(1) }),
      ]);
  });

  it('is dated after the edits that are known, although the phone’s clock is ahead', () => {
    const onPhone = messageEvent('MessageEdited', { changeId: 'P1', madeAt: after(5_000) });
    const requested = messageEvent('MessageEditRequested', { madeAt: after(5_001) });
    given([queued, sent, onPhone]).when(edit()).then([requested]);
    const other = { ...content, body: 'Hey' };
    given([queued, sent, onPhone, requested])
      .when(edit({ changeId: 'C2', content: other }))
      .then([messageEvent('MessageEditRequested', { changeId: 'C2', content: other, madeAt: after(5_002) })]);
    given([queued, sent, onPhone, requested])
      .when(changeSent())
      .then([messageEvent('MessageEdited', { changeId: 'C1', madeAt: after(5_001) })]);
    const { chat, whatsappId } = accepted;
    expect(changeToSend({ kind: 'edit', ...requested.data }, { chat, whatsappId })).toMatchObject({
      content: { editedAt: after(5_001) },
    });
  });

  it('is refused where nobody has the message, where it is no text, and where somebody else wrote it', () => {
    given([]).when(edit()).refused('message_not_found');
    for (const unsent of [[queued], [queued, failed], [queued, messageEvent('MessageCanceled')]]) {
      given(unsent).when(edit()).refused('message_not_sent');
    }
    given([messageEvent('MessageReceived')])
      .when(edit())
      .refused('message_not_own');
    const place = messageEvent('MessageQueued', {
      content: { type: 'location', latitude: 1, longitude: 2, name: null, address: null },
    });
    given([place, sent]).when(edit()).refused('message_not_editable');
  });

  it('is taken within 30 days of a post in a channel, which mentions nobody', () => {
    const chat = '120363400000000001@newsletter';
    const posted = [messageEvent('MessageQueued', { chat }), sent];
    for (const change of [edit, revoke]) {
      given(posted)
        .when(change({ at: after(postWindowMs + 1) }))
        .refused('too_late');
    }
    given(posted)
      .when(edit({ at: after(postWindowMs) }))
      .then([messageEvent('MessageEditRequested', { chat, requestedAt: after(postWindowMs) })]);
    given(posted)
      .when(revoke({ at: after(postWindowMs) }))
      .then([messageEvent('MessageRevocationRequested', { chat, requestedAt: after(postWindowMs) })]);
    const content = { type: 'text', body: 'Hi', mentions: ['+491701234567'] } as const;
    given(posted).when(edit({ content })).refused('not_for_channel');
  });

  it('is taken within 15 minutes after the message was sent, by WhatsApp’s clock', () => {
    given([queued, sent])
      .when(edit({ at: after(editWindowMs) }))
      .then([messageEvent('MessageEditRequested', { requestedAt: after(editWindowMs) })]);
    given([queued, sent])
      .when(edit({ at: after(editWindowMs + 1) }))
      .refused('too_late');
    given([queued, messageEvent('MessageSent', { whatsappAt: after(-editWindowMs) })])
      .when(edit({ at: after(1) }))
      .refused('too_late');
  });

  it('can be made although the message seemed to have failed, once a receipt proves that it arrived', () => {
    given([queued, failed, sent, messageEvent('MessageDelivered')])
      .when(edit())
      .then([editRequested]);
  });
});

describe('the deletion of a message that was sent', () => {
  it('is requested once, and done once WhatsApp has it', () => {
    given([queued, sent]).when(revoke()).then([revocationRequested]);
    given([queued, sent, revocationRequested])
      .when(revoke({ changeId: 'C2' }))
      .then([]);
    given([queued, sent, revocationRequested]).when(changeSent()).then([revoked]);
    given([queued, sent, revocationRequested, revoked])
      .when(revoke({ changeId: 'C2' }))
      .then([]);
  });

  it('is taken within 60 hours after the message was sent', () => {
    given([queued, sent])
      .when(revoke({ at: after(revocationWindowMs) }))
      .then([messageEvent('MessageRevocationRequested', { requestedAt: after(revocationWindowMs) })]);
    given([queued, sent])
      .when(revoke({ at: after(revocationWindowMs + 1) }))
      .refused('too_late');
  });

  it('leaves nothing to edit', () => {
    given([queued, sent, revocationRequested])
      .when(edit({ changeId: 'C2' }))
      .refused('message_revoked');
    given([queued, sent, revoked]).when(edit()).refused('message_revoked');
  });

  it('ends the edits that are still to be sent, also where the owner deletes it on the phone', () => {
    const overtaken = messageEvent('MessageChangeFailed', {
      code: 'message_revoked',
      reason: 'The message was deleted before.',
    });
    const later = messageEvent('MessageRevocationRequested', { changeId: 'C2' });
    given([queued, sent, editRequested, later])
      .when(changeSent('C2'))
      .then([messageEvent('MessageRevoked', { changeId: 'C2' }), overtaken]);
    given([queued, sent, editRequested])
      .when(revokedOnPhone)
      .then([messageEvent('MessageRevoked', { changeId: 'P1' }), overtaken]);
  });
});

it('a change is sent the same way however often, and names the message that it is about', () => {
  const change = { kind: 'edit', ...editRequested.data } as const;
  const { chat, whatsappId } = accepted;
  expect(changeToSend(change, { chat, whatsappId })).toEqual({
    whatsappId: 'C1',
    to: chat,
    content: { type: 'edit', text: content, editedAt: later },
    replyTo: { whatsappId, chat, fromMe: true, participant: null, text: '' },
  });
});
