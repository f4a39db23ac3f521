import { describe, expect, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { react, type Event } from '#lib/event-sourcing';
import { later, messageEvent, messageOwner } from '../message.builders.js';
import type { MessageCommand } from '../message.commands.js';
import { messageDecider } from '../message.decider.js';
import { receivedFilesSaga } from './received-files.saga.js';
import { troubles } from './received-file.rules.js';

const { messageId } = messageOwner;
const content = {
  type: 'image' as const,
  media: { kind: 'image' as const, url: null, directPath: '/v/1', sealedKey: 'sealed', sha256: null },
  mimeType: 'image/png',
  caption: null,
  fileName: null,
  size: 1200,
  form: 'plain' as const,
  viewOnce: false,
};
const received = messageEvent('MessageReceived', { content });
const unreadable = messageEvent('MessageReceived', { content: { type: 'unreadable', reason: 'undecrypted' } });
const recovered = messageEvent('MessageRecovered', { content });
const fetched = messageEvent('MessageFileFetched');
const unavailable = messageEvent('MessageFileUnavailable');
const recordFetched: MessageCommand = {
  type: 'RecordFileFetched',
  data: { messageId, file: fetched.data.file, at: later },
};
const recordUnavailable: MessageCommand = {
  type: 'RecordFileUnavailable',
  data: { messageId, trouble: troubles.expired, at: later },
};
const given = givenEvents(messageDecider);

describe('the file of a received message', () => {
  it('is recorded once, however often it is fetched', () => {
    given([received]).when(recordFetched).then([fetched]);
    given([received, fetched]).when(recordFetched).then([]);
    given([unreadable, recovered]).when(recordFetched).then([fetched]);
  });

  it('can be marked unavailable only until it is fetched', () => {
    given([received]).when(recordUnavailable).then([unavailable]);
    given([received, unavailable]).when(recordUnavailable).then([]);
    given([received, fetched]).when(recordUnavailable).then([]);
    given([received, unavailable]).when(recordFetched).then([fetched]);
  });

  it('is none where the message has none', () => {
    const text = messageEvent('MessageReceived');
    given([text]).when(recordFetched).then([]);
    given([unreadable]).when(recordUnavailable).then([]);
    given([]).when(recordFetched).then([]);
  });

  const { sessionId, userId } = messageOwner;
  const commandsFor = (event: Event) =>
    react(receivedFilesSaga, { ...event, id: '1', stream: 'any', revision: 0, position: 1 } as never);

  it('is fetched when the message is received, or can be read', () => {
    const fetch = [{ type: 'FetchFile', data: { messageId, sessionId } }];
    expect([received, recovered, unreadable].map(commandsFor)).toEqual([fetch, fetch, []]);
  });

  it('is waited for until its session is deleted', () => {
    const deleted = { type: 'SessionDeleted', data: { sessionId, userId, deletedAt: later } };
    expect(commandsFor(deleted)).toEqual([{ type: 'EndDownloads', data: { sessionId } }]);
  });
});
