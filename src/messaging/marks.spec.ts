import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';

const given = givenEvents(messageDecider);
const { messageId } = messageOwner;
const received = messageEvent('MessageReceived');
const [read, played] = [messageEvent('MessageMarked'), messageEvent('MessageMarked', { as: 'played' })];
const { account, whatsappId, whatsappChat, participant, hidden } = read.data;

const key = { messageId, account, whatsappId, whatsappChat, participant };
const mark = (as: 'read' | 'played'): MessageCommand => ({
  type: 'RecordMessageMarked',
  data: { messageId, as, account, whatsappId, whatsappChat, participant, hidden, at: later },
});
const reported: MessageCommand = { type: 'RecordMarkReported', data: { messageId, as: 'read', at: later } };

describe('a received message', () => {
  it('is marked as read once, and as played after that', () => {
    given([received]).when(mark('read')).then([read]);
    given([received, read]).when(mark('read')).then([]);
    given([received, read]).when(mark('played')).then([played]);
  });

  it('that was played was read, too', () => {
    given([received]).when(mark('played')).then([read, played]);
    given([received, read, played]).when(mark('read')).then([]);
  });

  it('from before the session was linked is marked as such', () => {
    const past = messageEvent('MessageReceived', { history: true });
    given([past])
      .when(mark('read'))
      .then([messageEvent('MessageMarked', { history: true })]);
  });

  it('is reported to WhatsApp once', () => {
    const event = messageEvent('MarkReported');
    given([received]).when(reported).then([]);
    given([received, read]).when(reported).then([event]);
    given([received, read, event]).when(reported).then([]);
  });

  it('that is read without its sender being told is never reported', () => {
    const unseen = messageEvent('MessageMarked', { hidden: true });
    given([received])
      .when({ type: 'RecordMessageMarked', data: { ...key, as: 'read', hidden: true, at: later } })
      .then([unseen]);
    given([received, unseen]).when(reported).then([]);
  });
});

it('nothing else can be marked', () => {
  given([]).when(mark('read')).refused('message_not_received');
  given([messageEvent('MessageQueued')])
    .when(mark('read'))
    .refused('message_not_received');
});
