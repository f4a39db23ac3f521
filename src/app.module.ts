import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Config } from '#config';
import { accountContext } from './account/account.context.js';
import { AccountModule } from './account/account.module.js';
import { ApiLogModule } from './api-log/api-log.module.js';
import { AuditModule } from './audit/audit.module.js';
import { callsContext } from './calls/calls.context.js';
import { CallsModule } from './calls/calls.module.js';
import { groupsContext } from './groups/groups.context.js';
import { GroupsModule } from './groups/groups.module.js';
import { identity } from './identity/identity.context.js';
import { IdentityModule } from './identity/identity.module.js';
import { LiveModule } from './live/live.module.js';
import { mediaContext } from './media/media.context.js';
import { MediaModule } from './media/media.module.js';
import { messagingContext } from './messaging/messaging.context.js';
import { MessagingModule } from './messaging/messaging.module.js';
import { backupContext } from './operations/backup/backup.context.js';
import { BackupModule } from './operations/backup/backup.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { pauseOnly, safePacing, type Pacing } from './messaging/pacing/pacing.contract.js';
import type { ContextDefinition } from './platform/context-definition.js';
import { AccessModule } from './platform/http/access.module.js';
import { jobsContext } from './platform/jobs/jobs.context.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { PlatformModule } from './platform/platform.module.js';
import type { PublicResource } from './platform/public-events/public-resource.js';
import type { Stores } from './platform/stores.js';
import { sessionsContext } from './sessions/sessions.context.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { usageContext } from './usage/usage.context.js';
import { UsageModule } from './usage/usage.module.js';
import { webhooksContext } from './webhooks/webhooks.context.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** What a context registers, and its Nest module where it has routes or effects. */
type RegisteredContext = readonly [context: ContextDefinition, module?: Type | DynamicModule];

/** Every context of the service. */
const contextsOf = (config: Config): readonly RegisteredContext[] => {
  const told = toldContextsOf(config);
  return [
    ...told,
    [webhooksContext(told.map(([context]) => context)), WebhooksModule.with(MediaModule)],
    [jobsContext, JobsModule],
  ];
};

/** Those whose events webhooks may be told of, a line each. */
const toldContextsOf = (config: Config): readonly RegisteredContext[] => [
  [identity, IdentityModule],
  [sessionsContext, SessionsModule],
  [mediaContext, MediaModule],
  [groupsContext, GroupsModule.with({ sessions: SessionsModule, media: MediaModule })],
  [callsContext, CallsModule.with(SessionsModule)],
  [accountContext, AccountModule.with({ sessions: SessionsModule, media: MediaModule })],
  [
    messagingContext,
    MessagingModule.with({
      sessions: SessionsModule,
      media: MediaModule,
      pacing: pacingOf(config),
      maxScheduleDays: config.WAYBILL_MAX_SCHEDULE_DAYS,
    }),
  ],
  [backupContext, BackupModule],
  [usageContext, UsageModule],
];

/** The whole service: the platform and the contexts that stand on it. */
@Module({})
export class AppModule {
  static with(config: Config, logger: Logger, stores: Stores): DynamicModule {
    const registered = contextsOf(config);
    const contexts = registered.map(([context]) => context);
    return {
      module: AppModule,
      imports: [
        PlatformModule.with({ config, logger, stores, contexts }),
        AccessModule,
        ...registered.flatMap(([, module]) => module ?? []),
        LiveModule.with({ identity: IdentityModule }),
        ApiLogModule,
        MetricsModule,
        AuditModule.with({ sessions: SessionsModule }),
        OperationsModule.with({ identity: IdentityModule }),
      ],
    };
  }

  /** What users are told of. */
  static publicEventsOf(config: Config): readonly PublicResource[] {
    return contextsOf(config).flatMap(([{ publicEvents = [] }]) => publicEvents);
  }

  /** The names of all sagas. */
  static sagasOf(config: Config): readonly string[] {
    return contextsOf(config).flatMap(([{ sagas = [], pageSagas = [] }]) =>
      [...sagas, ...pageSagas].map(({ name }) => name),
    );
  }

  /** What the operator's commands need while the service is stopped: nothing connects to WhatsApp, and no message is sent. */
  static forOperator(config: Config, logger: Logger, stores: Stores): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with({ config, logger, stores, contexts: [identity] }),
        AccessModule,
        OperationsModule.with({ identity: IdentityModule }),
      ],
    };
  }
}

/** On with the real WhatsApp. In the sandbox, where nobody is banned, messages only keep the pause that is set, if any. */
const pacingOf = (config: Config): Pacing => {
  const { WAYBILL_MESSAGES_PER_MINUTE: messagesPerMinute, WAYBILL_MESSAGES_JITTER: jitter } = config;
  const pacing = { ...safePacing, jitter, ...(messagesPerMinute !== undefined && { messagesPerMinute }) };
  if (config.WAYBILL_WHATSAPP === 'live') return pacing;
  return messagesPerMinute === undefined ? { ...pacing, enabled: false } : { ...pacing, ...pauseOnly };
};
