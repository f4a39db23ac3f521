import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { Logger } from 'pino';
import type { Config } from '#config';
import { eventCodec, type EventCodec, type EventTypes } from '#lib/event-sourcing';
import { CommandBus } from './bus/command-bus.js';
import { QueryBus } from './bus/query-bus.js';
import type { ContextDefinition } from './context-definition.js';
import { DamagedLog } from './damaged-log.js';
import { HealthController } from './health/health.controller.js';
import { Parts } from './health/parts.js';
import { openCounters } from './http/open-counters.js';
import { BodilessGuard } from './http/bodiless.guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Validation } from './http/validation.js';
import { JobRequests } from './jobs/job-requests.js';
import { JobStatuses } from './jobs/job-statuses.js';
import { Jobs } from './jobs/jobs.js';
import { RunRecords } from './jobs/run-records.js';
import { logRepairEvents } from './log-repairs.js';
import { Metrics } from './metrics/metrics.js';
import { patiently } from './on-server.js';
import { openCalls } from './processes/open-calls.js';
import { Processes } from './processes/processes.js';
import { SessionProcess } from './processes/session-process.js';
import { ViewNews } from './processes/view-news.js';
import { EventSessions } from './public-events/event-sessions.js';
import { LiveNews } from './public-events/live-news.js';
import { PublicEvents } from './public-events/public-events.js';
import { restorationContext } from './restoration/restoration.context.js';
import { Restoration } from './restoration/restoration.js';
import { ResumeController } from './restoration/resume.controller.js';
import { RequestLog } from './request-log/request-log.js';
import { hasSessions } from './roles.js';
import { Runtime } from './runtime.js';
import type { Stores } from './stores.js';
import { Streams } from './streams/streams.js';
import { Subscriptions } from './subscriptions.js';
import { CODEC, CONFIG, CONTEXTS, COUNTERS, LOG, PROCESS_CALLS, STORES, VAULT } from './tokens.js';
import { openVault, type Vault } from './vault.js';
import { Documents } from './views/documents.js';
import { MemoryViews } from './views/memory-views.js';
import { Searches } from './views/searches.js';
import { Views } from './views/views.js';

/** What every context stands on: the two buses, the stores, the subscriptions, and how HTTP errors look. */
@Module({})
export class PlatformModule {
  /** `contexts` is the one place where a context is added to the service. */
  static with(options: {
    readonly config: Config;
    readonly logger: Logger;
    /** Closed with the service. */
    readonly stores: Stores;
    readonly contexts: readonly ContextDefinition[];
  }): DynamicModule {
    const { config, logger, stores } = options;
    const contexts = [restorationContext, ...options.contexts];
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController, ResumeController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CONTEXTS, useValue: contexts },
        { provide: LOG, useValue: logger },
        { provide: CODEC, useFactory: () => eventCodec([logRepairEvents, ...eventsOf(contexts)]) },
        { provide: STORES, useValue: stores },
        { provide: COUNTERS, useFactory: () => openCounters(config, logger) },
        {
          provide: VAULT,
          useFactory: () => {
            const { events, database } = stores;
            const { WAYBILL_DATA_DIR: directory, WAYBILL_MASTER_KEY: masterKey } = config;
            const shared = !hasSessions(config);
            const open = () => openVault({ directory, masterKey, mongo: database?.mongo, events, shared });
            return patiently(open, config, logger);
          },
        },
        {
          provide: Restoration,
          inject: [CODEC],
          useFactory: (codec: EventCodec) =>
            patiently(() => Restoration.open({ events: stores.events, codec, log: logger }), config, logger),
        },
        {
          provide: PROCESS_CALLS,
          inject: [VAULT],
          useFactory: (vault: Vault) => openCalls(config, stores, vault, logger),
        },
        SessionProcess,
        Processes,
        ViewNews,
        CommandBus,
        QueryBus,
        Streams,
        Subscriptions,
        Views,
        Documents,
        Searches,
        MemoryViews,
        EventSessions,
        PublicEvents,
        LiveNews,
        RequestLog,
        Metrics,
        Runtime,
        DamagedLog,
        Parts,
        Jobs,
        RunRecords,
        JobStatuses,
        JobRequests,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: Validation },
        { provide: APP_GUARD, useClass: BodilessGuard },
      ],
      exports: [
        CommandBus,
        QueryBus,
        CONFIG,
        CONTEXTS,
        CODEC,
        COUNTERS,
        PROCESS_CALLS,
        SessionProcess,
        Processes,
        STORES,
        VAULT,
        LOG,
        Streams,
        Subscriptions,
        Views,
        Documents,
        Searches,
        MemoryViews,
        EventSessions,
        PublicEvents,
        LiveNews,
        RequestLog,
        Metrics,
        DamagedLog,
        Parts,
        Jobs,
        RunRecords,
        JobStatuses,
        JobRequests,
        Restoration,
      ],
    };
  }
}

const eventsOf = (contexts: readonly ContextDefinition[]): readonly EventTypes[] =>
  contexts.flatMap(({ deciders }) => deciders.map(({ events }) => events));
