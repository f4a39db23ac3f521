import { describe, expect, it } from '@jest/globals';
import { project, type Recorded } from '#lib/event-sourcing';
import { given } from '#lib/event-sourcing/testing';
import { applyWrite, type Fields } from '#lib/read-models';
import { expired, expiredBefore, expiryOf } from './expiry.rules.js';
import { present } from './http/present.js';
import { Message } from './http/messages.schemas.js';
import { later, messageEvent, messageOwner } from './message.builders.js';
import { mediaIdOf } from './message-media.rules.js';
import type { MessageEvent } from './message.contract.js';
import type { MessageView } from './message-view.contract.js';
import { messagesProjection } from './messages.projection.js';
import { retentionDecider } from './retention.decider.js';
import type { RetentionEvent } from './retention.contract.js';

const { messageId, userId } = messageOwner;
const expiredAt = '2026-11-29T10:00:00.000Z';
const before = '2026-10-30T10:00:00.000Z';

const after = (...events: readonly (MessageEvent | RetentionEvent)[]): MessageView =>
  events
    .flatMap((event, revision) => project(messagesProjection, { ...event, revision, position: revision } as Recorded))
    .reduce<Fields | undefined>(applyWrite, undefined) as unknown as MessageView;
const expiry = (view: MessageView): RetentionEvent => ({
  type: 'MessagesExpired',
  data: { userId, before, messages: [expiryOf(view)], expiredAt },
});
const shown = (view: MessageView) => {
  const message = present(view);
  expect(Message.strict().safeParse(message).error).toBeUndefined();
  return message;
};

describe('how long content is kept', () => {
  const now = '2026-11-29T10:00:00.000Z';
  it.each([
    ['as long as the service says, for users without days of their own', null, 30, '2026-10-30T10:00:00.000Z'],
    ['as long as the user says', 7, 30, '2026-11-22T10:00:00.000Z'],
    ['for good where the user says so', 0, 30, null],
    ['for good where nobody says anything', undefined, 0, null],
  ])('%s', (_what, own, usual, end) => expect(expiredBefore(now, own, usual)).toBe(end));
});

describe('a message whose content has expired', () => {
  const received = messageEvent('MessageReceived', {
    pushName: 'Anna',
    content: { type: 'text', body: 'My secret' },
  });

  it('shows that it was there and what became of it, but nothing that it said', () => {
    const view = after(received);
    expect(shown(view)).toMatchObject({ text: { body: 'My secret' }, pushName: 'Anna' });
    const gone = after(received, expiry(view));
    const message = shown(gone);
    expect(message).toMatchObject({ id: messageId, type: 'text', status: 'received', expired: true });
    expect(message).not.toHaveProperty('text');
    expect(JSON.stringify(gone)).not.toMatch(/secret|Anna/);
    expect(mediaIdOf(gone)).toBeNull();
  });

  it('is the same whether it is read from the view or made from its stream', () => {
    const view = after(received);
    expect(expired(view, expiredAt)).toEqual(after(received, expiry(view)));
  });

  it('shows no votes of its poll, and stores none', () => {
    const content = { type: 'poll', question: 'When?', options: ['Now', 'Never'], multiple: false } as const;
    const vote = (ballot: number): MessageEvent =>
      messageEvent('PollVoted', { ballot, voter: { phoneNumber: '+491700000001', lid: null }, options: ['Never'] });
    const events = [messageEvent('MessageQueued', { content }), messageEvent('MessageSent'), vote(0), vote(2)];
    const view = after(...events);
    // A vote may be recorded after the message was found to be old, and before that is recorded.
    const gone = after(...events, vote(7), expiry(view));
    expect(shown(gone)).not.toHaveProperty('poll');
    expect(JSON.stringify(gone)).not.toMatch(/Never|491700000001/);
  });

  it.each<[what: string, event: MessageEvent, still: object]>([
    [
      'an edit',
      messageEvent('MessageEdited', { content: { type: 'text', body: 'My other secret' } }),
      { editedAt: later },
    ],
    [
      'what it says, which could not be read at first',
      messageEvent('MessageRecovered', { content: { type: 'text', body: 'My other secret' }, forwarded: true }),
      { forwarded: true },
    ],
    ['its file', messageEvent('MessageFileFetched'), {}],
    ['that its file is not to be had', messageEvent('MessageFileUnavailable'), {}],
    [
      'a vote',
      messageEvent('PollVoted', { ballot: 3, voter: { phoneNumber: '+491700000001', lid: null }, options: ['secret'] }),
      {},
    ],
    ['a reaction', messageEvent('ReactionReceived'), {}],
  ])('stays without content, and counts as changed, when %s comes later', (_what, event, still) => {
    const gone = after(received, expiry(after(received)));
    const late = after(received, expiry(after(received)), event);
    expect(late).toEqual({ ...gone, ...still });
    expect(shown(late)).toMatchObject({ expired: true });
  });

  it('is recorded with many others, in a stream for each user and month', () => {
    const messages = [{ messageId }];
    const command = { type: 'ExpireMessages', data: { userId, before, messages, at: expiredAt } } as const;
    expect(retentionDecider.idOf(command)).toBe(`${userId}-2026-11`);
    const event: RetentionEvent = { type: 'MessagesExpired', data: { userId, before, messages, expiredAt } };
    given(retentionDecider)([]).when(command).then([event]);
    given(retentionDecider)([event])
      .when({ ...command, data: { ...command.data, messages: [] } })
      .then([]);
  });
});
