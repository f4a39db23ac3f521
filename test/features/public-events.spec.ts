import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { readConfig } from '#config';
import type { Event, EventCodec, Recorded } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { callDecider } from '../../src/calls/call.decider.js';
import { callsContext } from '../../src/calls/calls.context.js';
import { createApp } from '../../src/app.js';
import { groupsContext } from '../../src/groups/groups.context.js';
import { messagingContext } from '../../src/messaging/messaging.context.js';
import { messageEvent, messageOwner } from '../../src/messaging/message.builders.js';
import { messages } from '../../src/messaging/messages.projection.js';
import type { ContextDefinition } from '../../src/platform/context-definition.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import type { PublicEvent } from '../../src/platform/public-events/public-event.js';
import { PublicEvents } from '../../src/platform/public-events/public-events.js';
import { openStores, type Stores } from '../../src/platform/stores.js';
import { CODEC, STORES } from '../../src/platform/tokens.js';
import { sessionsContext } from '../../src/sessions/sessions.context.js';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

@Module({})
class EmptyModule {}

/** What a context declares of its log and its views, without what acts on them. */
const logOf = ({
  name,
  deciders,
  projections = [],
  publicEvents = [],
  eventSessions,
}: ContextDefinition): ContextDefinition => ({
  name,
  deciders,
  projections,
  publicEvents,
  ...(eventSessions && { eventSessions }),
});

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let app: NestFastifyApplication;

beforeAll(async () => {
  directory = await temporaryDirectory();
  const config = readConfig({ WAYBILL_DATA_DIR: directory.path });
  const logger = pino({ level: 'silent' });
  const contexts = [sessionsContext, messagingContext, groupsContext, callsContext].map(logOf);
  const platform = PlatformModule.with({ config, logger, stores: await openStores(config), contexts });
  app = await createApp({ module: EmptyModule, imports: [platform] }, logger);
  await app.init();
});

afterAll(async () => {
  await app.close();
  await directory.remove();
});

/** Appends events to a stream, and returns them as they are read from the log. */
const record = async (stream: string, events: readonly Event[]): Promise<readonly Recorded[]> => {
  const [store, codec] = [app.get<Stores>(STORES).events, app.get<EventCodec>(CODEC)];
  const encoded = await codec.encode(events);
  const metadata = { correlationId: 'c', causationId: 'c', actor: { kind: 'system', id: 'test' } } as const;
  const stored = encoded.map(({ type, data, schemaVersion }) => ({
    id: newId(),
    type,
    data,
    metadata: { ...metadata, schemaVersion },
  }));
  await store.append({ stream, expected: 'any', events: stored });
  const read = [];
  for await (const event of store.readStream(stream)) read.push(event);
  return codec.decode(read);
};

const publicEvents = (): PublicEvents => app.get(PublicEvents);
const bodyOf = (event: PublicEvent | undefined) =>
  JSON.parse(event?.body ?? 'null') as { readonly session: object; readonly data: Record<string, unknown> };

const aMessage = (): string => `message-${newId()}`;
const of = (stream: string, type: Parameters<typeof messageEvent>[0]) =>
  messageEvent(type, { messageId: stream.slice('message-'.length) });

describe('a public event', () => {
  it('shows the message as it was then, whatever became of it, and in whichever order it is asked for', async () => {
    const stream = aMessage();
    const log = await record(stream, [
      of(stream, 'MessageQueued'),
      of(stream, 'MessageAttempted'),
      of(stream, 'MessageSent'),
      of(stream, 'MessageDelivered'),
    ]);
    const statuses = [];
    for (const event of log.toReversed()) statuses.push(...(await publicEvents().of(event)));
    expect(statuses.map((event) => [event.type, bodyOf(event).data['status']])).toEqual([
      ['message.delivered', 'delivered'],
      ['message.sent', 'sent'],
      ['message.queued', 'queued'],
    ]);
    expect(statuses[2]).toMatchObject({
      id: `evt_${log[0]!.id}`,
      userId: messageOwner.userId,
      sessionId: messageOwner.sessionId,
      chatId: messageOwner.chatId,
      chat: '491701234567@s.whatsapp.net',
      position: log[0]!.position,
      cursor: String(log[0]!.position),
    });
  });

  it('fits the schema of its type, and is the same each time', async () => {
    const stream = aMessage();
    const kinds = ['MessageReceived', 'MessageMarked', 'MessageEdited', 'ReactionReceived', 'MessageRevoked'] as const;
    const log = await record(
      stream,
      kinds.map((kind) => of(stream, kind)),
    );
    const made = (await Promise.all(log.map((event) => publicEvents().of(event)))).flat();
    expect(made.map(({ type }) => type)).toEqual([
      'message.received',
      'message.updated',
      'message.edited',
      'message.reaction',
      'message.revoked',
    ]);
    for (const event of made) {
      const { schema } = publicEvents().catalogue.find(({ type }) => type === event.type)!;
      expect(schema.parse(JSON.parse(event.body))).toEqual(JSON.parse(event.body));
    }
    expect(bodyOf(made[3]).data['reaction']).toEqual({
      messageId: stream.slice('message-'.length),
      emoji: '👍',
      from: '+491701234567',
    });
    expect((await Promise.all(log.map((event) => publicEvents().of(event)))).flat()).toEqual(made);
  });

  it('tells of a message whose content has expired what happens to it, without what was said before', async () => {
    const stream = aMessage();
    const messageId = stream.slice('message-'.length);
    const log = await record(stream, [
      of(stream, 'MessageReceived'),
      of(stream, 'ReactionReceived'),
      of(stream, 'PollVoted'),
    ]);
    const { userId } = messageOwner;
    const expiredAt = new Date().toISOString();
    await record(`retention-${userId}-${newId()}`, [
      { type: 'MessagesExpired', data: { userId, before: expiredAt, messages: [{ messageId }], expiredAt } },
    ]);
    await eventually(async () => {
      return (await app.get<Stores>(STORES).models.get(messages, messageId))?.expiredAt === expiredAt;
    });
    const later = await record(stream, [
      of(stream, 'MessageEdited'),
      of(stream, 'ReactionReceived'),
      of(stream, 'PollVoted'),
    ]);
    expect(later.length).toBeGreaterThan(log.length);
    const told = (await Promise.all(later.map((event) => publicEvents().of(event)))).flat();
    expect(told.map(({ type }) => type)).toEqual(['message.received', 'message.edited', 'message.reaction']);
    for (const event of told) {
      expect(bodyOf(event).data).toMatchObject({ id: messageId, expired: true });
      expect(bodyOf(event).data).not.toHaveProperty('text');
    }
    expect(bodyOf(told[2]).data['reaction']).toMatchObject({ emoji: '👍' });
  });

  it('names its session, as far as that is known', async () => {
    const { sessionId, userId } = messageOwner;
    const stream = aMessage();
    const [queued] = await record(stream, [of(stream, 'MessageQueued')]);
    expect(bodyOf((await publicEvents().of(queued!))[0]).session).toEqual({
      id: sessionId,
      name: null,
      phoneNumber: null,
      metadata: {},
    });
    const at = '2026-01-02T03:04:05.600Z';
    const initialized = {
      sessionId,
      userId,
      name: 'Desk',
      pairing: 'qr',
      phoneNumber: null,
      start: 1,
      initializedAt: at,
    };
    const session = await record(`session-${sessionId}`, [
      { type: 'SessionInitialized', data: initialized },
      { type: 'SessionDeleted', data: { sessionId, userId, deletedAt: at } },
    ]);
    const named = { id: sessionId, name: 'Desk', phoneNumber: null, metadata: {} };
    for (const event of session) expect(bodyOf((await publicEvents().of(event))[0]).session).toEqual(named);
  });

  it('is not made of older messages that the phone was asked for, whatever becomes of them', async () => {
    const tell = async (history: boolean, fromMe: boolean): Promise<readonly string[]> => {
      const stream = aMessage();
      const messageId = stream.slice('message-'.length);
      const received = messageEvent('MessageReceived', { messageId, fromMe, history });
      const later = [
        'MessageFileFetched',
        'MessageMarked',
        'MessageEdited',
        'ReactionReceived',
        'PollVoted',
        'MessageRevoked',
      ] as const;
      const log = await record(stream, [received, ...later.map((type) => of(stream, type))]);
      return (await Promise.all(log.map((event) => publicEvents().of(event)))).flat().map(({ type }) => type);
    };
    const told = ['updated', 'updated', 'edited', 'reaction'].map((type) => `message.${type}`);
    expect(await tell(false, false)).toEqual(['message.received', ...told, 'poll.vote', 'message.revoked']);
    for (const fromMe of [true, false]) expect(await tell(true, fromMe)).toEqual([]);
  });

  it('is not made of what is no news, or of a stream whose beginning was lost', async () => {
    const stream = aMessage();
    const [attempted, sent] = await record(stream, [of(stream, 'MessageAttempted'), of(stream, 'MessageSent')]);
    expect(await publicEvents().of(attempted!)).toEqual([]);
    expect(await publicEvents().of(sent!)).toEqual([]);
    expect(publicEvents().typesOf('MessageAttempted')).toEqual([]);
    expect(publicEvents().typesOf('MessageReceived')).toEqual(['message.sent', 'message.received']);
    expect(publicEvents().typesOf('$passed-over')).toEqual([]);
  });

  it('tells of calls, of which there is no view', async () => {
    const owner = { callId: newId(), userId: messageOwner.userId, sessionId: messageOwner.sessionId };
    const at = '2026-01-02T03:04:05.600Z';
    const call = {
      ...owner,
      account: '+491701111111',
      caller: { phoneNumber: '+491702222222', lid: null },
      whatsappId: 'C1',
      from: '491702222222@s.whatsapp.net',
      isVideo: true,
      isGroup: false,
      isToBeRejected: false,
      answer: null,
      calledAt: at,
    };
    const log = await record(`${callDecider.events.category}-${owner.callId}`, [
      { type: 'CallOffered', data: { ...call, offeredAt: at } },
      { type: 'CallEnded', data: { ...owner, outcome: 'missed', reason: null, endedAt: at } },
    ]);
    const [ended] = await publicEvents().of(log[1]!);
    expect(ended?.type).toBe('call.ended');
    expect(bodyOf(ended).data).toMatchObject({ id: owner.callId, video: true, outcome: 'missed', offeredAt: at });
  });
});
