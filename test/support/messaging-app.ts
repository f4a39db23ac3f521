import { Module, type Type } from '@nestjs/common';
import { pino } from 'pino';
import { readConfig } from '#config';
import { decider, type Command, type Event, type Query } from '#lib/event-sourcing';
import type { StoredEvent } from '#lib/event-store';
import { newId } from '#lib/ids';
import type { Report } from '#lib/whatsapp';
import { createApp } from '../../src/app.js';
import { apiKeyEvents, type ApiKeyEvent } from '../../src/identity/api-key.contract.js';
import { defaultLimits, userEvents, type UserEvent, type UserLimits } from '../../src/identity/user.contract.js';
import { mediaContext } from '../../src/media/media.context.js';
import { MediaModule } from '../../src/media/media.module.js';
import type { AccountPlace, NamedPerson } from '../../src/messaging/address.contract.js';
import { messageEvents } from '../../src/messaging/message.contract.js';
import { messagingContext } from '../../src/messaging/messaging.context.js';
import { MessagingModule } from '../../src/messaging/messaging.module.js';
import { safePacing, type Pacing } from '../../src/messaging/pacing/pacing.contract.js';
import { People } from '../../src/messaging/people/people.js';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { QueryBus } from '../../src/platform/bus/query-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { defineContext } from '../../src/platform/context-definition.js';
import { AccessModule } from '../../src/platform/http/access.module.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { openStores, type Stores } from '../../src/platform/stores.js';
import { Streams } from '../../src/platform/streams/streams.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../src/sessions/connection-status.contract.js';
import { PACING_STATUSES, type PacingStatuses } from '../../src/sessions/pacing-status.contract.js';
import { REPORTS } from '../../src/sessions/reports.contract.js';
import { sessionEvents, type SessionEvent } from '../../src/sessions/session.contract.js';
import { reportDecider } from '../../src/sessions/unrecorded/report.decider.js';
import { ConnectionStarts } from '../../src/sessions/whatsapp/connection-starts.js';
import { DeletedSessions } from '../../src/sessions/whatsapp/deleted-sessions.js';
import { ReportRouter } from '../../src/sessions/whatsapp/report-router.js';
import { MESSENGER, type Messenger } from '../../src/sessions/whatsapp.contract.js';
import { temporaryDirectory } from './temporary-directory.js';

type Seed<Type extends string> = Command<Type, { readonly id: string; readonly events: readonly Event[] }>;

/** Stands in for the contexts that messaging follows: records their events as they are given. */
const otherContexts = defineContext({
  name: 'other-contexts',
  deciders: [
    decider<Seed<'SeedUser'>, Event, null>({
      events: userEvents,
      idOf: ({ data }) => data.id,
      initialState: null,
      decide: { SeedUser: ({ events }) => events },
      evolve: {},
    }),
    decider<Seed<'SeedSession'>, Event, null>({
      events: sessionEvents,
      idOf: ({ data }) => data.id,
      initialState: null,
      decide: { SeedSession: ({ events }) => events },
      evolve: {},
    }),
    decider<Seed<'SeedKey'>, Event, null>({
      events: apiKeyEvents,
      idOf: ({ data }) => data.id,
      initialState: null,
      decide: { SeedKey: ({ events }) => events },
      evolve: {},
    }),
    reportDecider,
  ],
});

/** Sessions whose connections are these. */
const sessionsOf = (messenger: Partial<Messenger>, connections: ConnectionStatus): Type => {
  @Module({
    providers: [
      { provide: MESSENGER, useValue: messenger },
      { provide: CONNECTION_STATUS, useValue: connections },
      ConnectionStarts,
      DeletedSessions,
      ReportRouter,
      { provide: REPORTS, useExisting: ReportRouter },
      { provide: PACING_STATUSES, useValue: { from: () => undefined } satisfies PacingStatuses },
    ],
    exports: [MESSENGER, CONNECTION_STATUS, REPORTS, PACING_STATUSES],
  })
  class Sessions {}
  return Sessions;
};

const neverConnected: ConnectionStatus = {
  isOpen: () => false,
  account: () => undefined,
  onOpen: () => undefined,
  hasten: () => undefined,
};

@Module({})
class MessagingOnly {}

const context = CommandContext.new({ kind: 'system', id: 'test' });

/** What stands in for the world around messaging. By default, sessions are never connected. */
type World = {
  readonly variables?: NodeJS.ProcessEnv;
  readonly messenger?: Partial<Messenger>;
  readonly connections?: ConnectionStatus;
  readonly pacing?: Pacing;
  readonly modelsOf?: (models: Stores['models']) => Stores['models'];
  /** What stands on messaging, beside it. */
  readonly providers?: readonly Type[];
  readonly eventsOf?: (events: Stores['events']) => Stores['events'];
  /** That of one that was closed: this one goes on with its stores. */
  readonly directory?: Awaited<ReturnType<typeof temporaryDirectory>>;
};

/** Messaging alone, on a data directory of its own: for what other contexts ask of it on the command bus. */
export const startMessaging = async ({
  variables = {},
  messenger = {},
  connections = neverConnected,
  pacing = { ...safePacing, enabled: false },
  modelsOf = (models) => models,
  providers = [],
  eventsOf = (events) => events,
  directory: given,
}: World = {}) => {
  const directory = given ?? (await temporaryDirectory());
  const logger = pino({ level: 'silent' });
  const config = readConfig({ WAYBILL_DATA_DIR: directory.path, ...variables });
  const opened = await openStores(config);
  const stores = { ...opened, models: modelsOf(opened.models), events: eventsOf(opened.events) };
  const root = {
    module: MessagingOnly,
    providers: [...providers],
    imports: [
      PlatformModule.with({ config, logger, stores, contexts: [otherContexts, mediaContext, messagingContext] }),
      AccessModule,
      MessagingModule.with({
        sessions: sessionsOf(messenger, connections),
        media: MediaModule,
        pacing,
        maxScheduleDays: 365,
      }),
    ],
  };
  const app = await createApp(root, logger);
  await app.init();
  const commands = app.get(CommandBus);
  return {
    /** `keyId`: on behalf of whoever holds that key. */
    dispatch: <C extends Command<string, unknown, unknown>>(command: C, keyId?: string) =>
      commands.execute<C>(command, keyId === undefined ? context : context.by({ kind: 'key', id: keyId })),
    /** A part of the service, or of `providers`. */
    part: <Part>(type: Type<Part>): Part => app.get(type),
    /** As WhatsApp names people to an account. */
    learn: (place: AccountPlace, ...people: readonly NamedPerson[]) => app.get(People).learn(place, people, context),
    ask: <Q extends Query>(query: Q) => app.get(QueryBus).execute<Q>(query, context),
    /** A key of a user is revoked, and what it left unsent canceled; answers the key's id. */
    revokeKey: async (userId: string, keyId: string = newId()): Promise<string> => {
      const data = { keyId, userId, cancelUnsent: true, revokedAt: new Date().toISOString() };
      const revoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data };
      const seedKey: Seed<'SeedKey'> = { type: 'SeedKey', data: { id: keyId, events: [revoked] } };
      await commands.execute(seedKey, context);
      return keyId;
    },
    /** As WhatsApp reports it; resolves when it is recorded. */
    hear: (sessionId: string, report: Report) => app.get(ReportRouter).hear(sessionId, report),
    /** A user with one linked session; answers the user's id. */
    newSender: async (maxMessagesPerDay: number, timeZone = 'UTC'): Promise<string> => {
      const [userId, sessionId, at] = [newId(), newId(), new Date().toISOString()];
      const limits = { ...defaultLimits, maxMessagesPerDay };
      const user = {
        userId,
        name: 'Ada',
        email: 'ada@example.com',
        emailKey: 'key',
        limits,
        timeZone,
        registeredAt: at,
      };
      const account = { phoneNumber: '+491701234567', jid: '1', lid: null, pushName: null, platform: null };
      const registered: UserEvent = { type: 'UserRegistered', data: user };
      const session = { sessionId, userId };
      const linked: readonly SessionEvent[] = [
        {
          type: 'SessionInitialized',
          data: { ...session, name: null, pairing: 'qr', phoneNumber: null, start: 1, initializedAt: at },
        },
        { type: 'SessionPaired', data: { ...session, ...account, pairedAt: at } },
      ];
      const seedUser: Seed<'SeedUser'> = { type: 'SeedUser', data: { id: userId, events: [registered] } };
      const seedSession: Seed<'SeedSession'> = { type: 'SeedSession', data: { id: sessionId, events: linked } };
      await commands.execute(seedUser, context);
      await commands.execute(seedSession, context);
      return userId;
    },
    /** As admins change users. Resolves before it counts. */
    changeUser: async (
      userId: string,
      changes: { readonly limits?: Partial<UserLimits>; readonly timeZone?: string },
    ) => {
      const [{ limits, timeZone }, changedAt] = [changes, new Date().toISOString()];
      const events: UserEvent[] = [];
      if (limits) {
        events.push({
          type: 'UserLimitsChanged',
          data: { userId, limits: { ...defaultLimits, ...limits }, changedAt },
        });
      }
      if (timeZone !== undefined) events.push({ type: 'UserTimeZoneChanged', data: { userId, timeZone, changedAt } });
      await commands.execute<Seed<'SeedUser'>>({ type: 'SeedUser', data: { id: userId, events } }, context);
    },
    /** What is on record of a message. */
    record: (messageId: string) => app.get(Streams).events(messageEvents, messageId),
    /** What is in a stream. */
    events: async (stream: string): Promise<readonly StoredEvent[]> => {
      const events: StoredEvent[] = [];
      for await (const event of stores.events.readStream(stream)) events.push(event);
      return events;
    },
    directory,
    close: () => app.close(),
    stop: async () => {
      await app.close();
      await directory.remove();
    },
  };
};
