import { describe, expect, it } from '@jest/globals';
import { project, type Event, type Recorded } from '#lib/event-sourcing';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { Fields } from '#lib/read-models';
import { documentsAfter } from '#lib/read-models/testing';
import { at, messageEvent, messageOwner } from '../message.builders.js';
import { chatDecider, type ChatCommand } from './chat.decider.js';
import { chats, chatsProjection } from './chats.projection.js';

const { chatId, userId, sessionId } = messageOwner;
const owner = { chatId, userId, sessionId, via: 'api' as const };

describe('a chat', () => {
  const given = givenEvents(chatDecider);
  const command = (
    type: Exclude<ChatCommand['type'], 'RecordChatMarkTold'>,
    via: 'api' | 'phone' = 'api',
  ): ChatCommand => ({ type, data: { ...owner, via, at } });
  const archived = { type: 'ChatArchived', data: { ...owner, archivedAt: at } } as const;
  const unarchived = { type: 'ChatUnarchived', data: { ...owner, unarchivedAt: at } } as const;
  const unread = { type: 'ChatMarkedUnread', data: { ...owner, markedAt: at } } as const;
  const noLongerUnread = { type: 'ChatUnreadMarkRemoved', data: { ...owner, removedAt: at } } as const;

  it('is archived once, and taken out once', () => {
    given([]).when(command('ArchiveChat')).then([archived]);
    given([archived]).when(command('ArchiveChat')).then([]);
    given([archived]).when(command('UnarchiveChat')).then([unarchived]);
    given([archived, unarchived]).when(command('UnarchiveChat')).then([]);
  });

  it('is told to other devices once, where it was done here, and they have not done anything else since', () => {
    const told = (mark: 'archived' | 'unread'): ChatCommand => ({
      type: 'RecordChatMarkTold',
      data: { chatId, userId, sessionId, mark, at },
    });
    const wasTold = {
      type: 'ChatMarkTold',
      data: { chatId, userId, sessionId, mark: 'archived', toldAt: at },
    } as const;
    const onPhone = { type: 'ChatUnarchived', data: { ...owner, via: 'phone', unarchivedAt: at } } as const;
    given([archived]).when(told('archived')).then([wasTold]);
    given([archived]).when(told('unread')).then([]);
    given([archived, wasTold]).when(told('archived')).then([]);
    given([archived]).when(command('UnarchiveChat', 'phone')).then([onPhone]);
    given([archived, onPhone]).when(told('archived')).then([]);
  });

  it('is marked as unread once, until it is read', () => {
    given([]).when(command('RemoveUnreadMark')).then([]);
    given([]).when(command('MarkChatUnread')).then([unread]);
    given([unread]).when(command('MarkChatUnread')).then([]);
    given([unread]).when(command('RemoveUnreadMark')).then([noLongerUnread]);
    given([unread, noLongerUnread]).when(command('MarkChatUnread')).then([unread]);
  });
});

/** The documents after these events, which have the positions 101, 102, … */
const after = (...events: readonly Event[]): ReadonlyMap<string, Fields> => {
  const recorded = events.map((event, index) => ({ ...event, revision: 0, position: 101 + index }) as Recorded);
  return documentsAfter(
    chats,
    recorded.flatMap((event) => project(chatsProjection, event)),
  );
};

describe('the view of chats', () => {
  const received = messageEvent('MessageReceived');
  const elsewhere = '0199aaaa-0000-8000-8000-000000000009';
  const learned = (fields: object) => ({
    type: 'AddressLearned',
    data: {
      addressId: chatId,
      userId,
      sessionId,
      chatId,
      account: '+491709876543',
      address: 'x',
      phoneNumber: '+491701234567',
      lid: '1@lid',
      learnedAt: at,
      ...fields,
    },
  });

  it('counts what was received and not read, and has the last message', () => {
    const other = messageEvent('MessageReceived', { messageId: '0199aaaa-0000-7000-8000-00000000000b' });
    expect(after(received, other, messageEvent('MessageMarked')).get(chatId)).toMatchObject({
      kind: 'person',
      phoneNumber: '+491701234567',
      unread: 1,
      lastMessageId: other.data.messageId,
      lastPosition: 102,
    });
    const ours = after(received, messageEvent('MessageMarked'), messageEvent('MessageQueued')).get(chatId);
    expect(ours).toMatchObject({ unread: 0, lastPosition: 103 });
  });

  it('does not count what the phone sent as older messages, nor that they are read', () => {
    const past = messageEvent('MessageReceived', { history: true });
    expect(after(received, past, messageEvent('MessageMarked', { history: true })).get(chatId)).toMatchObject({
      unread: 1,
    });
    const doesNotSaySo = messageEvent('MessageMarked'); // as it was recorded once
    const next = messageEvent('MessageReceived');
    expect(after(received, past, doesNotSaySo, doesNotSaySo, next).get(chatId)).toMatchObject({ unread: 1 });
  });

  it('does not take what the account’s owner wrote on the phone for unread', () => {
    const own = messageEvent('MessageReceived', { fromMe: true, pushName: 'Me' });
    expect(after(own).get(chatId)).toMatchObject({ unread: 0, phoneNumber: '+491701234567' });
  });

  it('has the name in the address book, else that of a verified business, else what the person calls themselves', () => {
    const person = { chatId, userId, sessionId, account: '+491709876543', phoneNumber: '+491701234567', lid: null };
    const named = (savedName: string | null, verifiedName: string | null) => ({
      type: 'PersonNamed',
      data: { ...person, savedName, verifiedName, pushName: 'ada ✨', namedAt: at },
    });
    const names = [named(null, null), named(null, 'Lovelace Ltd'), named('Ada', 'Lovelace Ltd'), named(null, null)];
    expect(names.map((_, index) => after(received, ...names.slice(0, index + 1)).get(chatId)?.['name'])).toEqual([
      'ada ✨',
      'Lovelace Ltd',
      'Ada',
      'ada ✨',
    ]);
    expect(after(named('Ada', null)).get(chatId)).not.toHaveProperty('lastPosition');
  });

  it('knows the other address of a person once WhatsApp reveals it', () => {
    expect(after(received, learned({})).get(chatId)).toMatchObject({ lid: '1@lid', unread: 1 });
    expect(after(learned({})).get(chatId)).toMatchObject({ account: '+491709876543' });
  });

  describe('with two chats of a person of which WhatsApp reveals that they are one', () => {
    const into = (chat: string, messageId: string) => messageEvent('MessageReceived', { chatId: chat, messageId });
    const [first, second, third] = ['0199aaaa-0000-7000-8000-0000000000a1', '…a2', '…a3'] as const;
    const both = learned({ addressId: elsewhere });
    const read = (chat: string) => messageEvent('MessageMarked', { chatId: chat });

    it('has one with what is unread in both, and the newest message of both', () => {
      const documents = after(into(chatId, first), into(elsewhere, second), both);
      expect(documents.get(chatId)).toMatchObject({
        unread: 2,
        lastMessageId: second,
        lastPosition: 102,
        others: [elsewhere],
      });
      expect(documents.get(elsewhere)).toMatchObject({ leadsTo: chatId });
      for (const field of ['unread', 'lastPosition', 'lastMessageId', 'name'])
        expect(documents.get(elsewhere)).not.toHaveProperty(field);
    });

    it('goes on with what comes under either of them, and is read there', () => {
      const events = [into(chatId, first), into(elsewhere, second), both, into(elsewhere, third)];
      expect(after(...events).get(chatId)).toMatchObject({ unread: 3, lastMessageId: third, lastPosition: 104 });
      const own = [...events, into(chatId, 'b'), read(elsewhere), read(elsewhere)];
      expect(after(...own).get(chatId)).toMatchObject({ unread: 2, lastMessageId: 'b', lastPosition: 105 });
      expect(after(...own, read(chatId), read(chatId)).get(chatId)).toMatchObject({ unread: 0 });
    });

    it('has the same where that is revealed before there is anything of the other one', () => {
      const before = after(both, into(chatId, first), into(elsewhere, second)).get(chatId);
      expect(before).toMatchObject({ unread: 2, lastMessageId: second, lastPosition: 103, others: [elsewhere] });
      expect(after(into(chatId, first), both).get(chatId)).not.toHaveProperty('others');
      expect(after(into(elsewhere, second), both).get(chatId)).toMatchObject({ unread: 1, lastMessageId: second });
    });

    it('has the name, and that the person wrote, from either', () => {
      const person = { userId, sessionId, account: '+491709876543', phoneNumber: '+491701234567', lid: null };
      const names = { savedName: 'Ada', verifiedName: null, pushName: null, namedAt: at };
      const named = { type: 'PersonNamed', data: { ...person, ...names, chatId: elsewhere } };
      expect(after(named, messageEvent('MessageQueued'), into(elsewhere, first), both).get(chatId)).toMatchObject({
        name: 'Ada',
        hasWritten: true,
      });
    });

    it('has no part any more in what leads to another person since', () => {
      const [other, queued] = ['0199aaaa-0000-8000-8000-00000000000c', messageEvent('MessageQueued')];
      const moved = learned({ addressId: elsewhere, chatId: other, phoneNumber: '+491701111111' });
      const documents = after(queued, into(elsewhere, first), both, moved);
      expect(documents.get(chatId)).toMatchObject({ unread: 0, lastPosition: 101 });
      expect(documents.get(other)).toMatchObject({ unread: 1, lastMessageId: first, phoneNumber: '+491701111111' });
    });
  });

  it('knows what a group is called, also where that was known before its first message', () => {
    const owner = { groupId: chatId, userId, sessionId, account: '+491709876543', chat: '120363041234567890@g.us' };
    const settings = { announce: false, locked: false, approval: false, ephemeralSeconds: 0 };
    const facts = { subject: 'Walkers', description: null, settings };
    const people = { createdAt: at, createdBy: null, participants: [], by: null };
    const joined = { type: 'GroupJoined', data: { ...owner, ...facts, ...people, joinedAt: at } };
    const renamed = { type: 'GroupUpdated', data: { ...owner, ...facts, subject: 'Runners', by: null, updatedAt: at } };
    expect(after(joined).get(chatId)).not.toHaveProperty('lastPosition');
    const written = messageEvent('MessageReceived', { chat: owner.chat, participant: '1@lid' });
    expect(after(joined, written).get(chatId)).toMatchObject({ kind: 'group', name: 'Walkers', unread: 1 });
    expect(after(joined, written, renamed).get(chatId)).toMatchObject({ name: 'Runners', unread: 1 });
  });
});
