import { Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Config } from '#config';
import { SessionProcess } from '../platform/processes/session-process.js';
import { CONFIG, LOG, VAULT } from '../platform/tokens.js';
import type { Vault } from '../platform/vault.js';
import { ConnectionSupervisor } from './connections/connection-supervisor.js';
import {
  ConfigureConnectionEffect,
  ForgetConnectionEffect,
  ScheduleConnectionEffect,
  StartConnectionEffect,
  StopConnectionEffect,
  UnlinkConnectionEffect,
} from './connections/effects.js';
import { recordConnectionReports } from './connections/record-reports.js';
import { Reconnects } from './connections/reconnects.js';
import { PauseAllSessionsEffect, ResumeAllSessionsEffect } from './connections/restoration.effects.js';
import { Restorer } from './connections/restorer.js';
import { CreateSessionHandler } from './create-session.handler.js';
import { FillSessionSlotHandler } from './fill-session-slot.handler.js';
import { AdminSessionsController } from './http/admin-sessions.controller.js';
import { NumbersController } from './http/numbers.controller.js';
import { PairingController } from './http/pairing.controller.js';
import { SessionsController } from './http/sessions.controller.js';
import { CONNECTION_STATUS } from './connection-status.contract.js';
import { LINKED_SESSIONS } from './linked-sessions.contract.js';
import { PACING_STATUSES } from './pacing-status.contract.js';
import { REPORTS } from './reports.contract.js';
import { UnpairedSessions } from './unpaired-sessions.js';
import { SessionFinder } from './session-finder.js';
import { SessionService } from './session.service.js';
import { ShownPacing } from './shown-pacing.js';
import { MESSENGER } from './whatsapp.contract.js';
import { WHATSAPP_STATE } from './whatsapp-state.contract.js';
import { KeepReportHandler } from './unrecorded/keep-report.handler.js';
import { RecordReportEffect } from './unrecorded/record-report.effect.js';
import { ConnectionLog } from './whatsapp/connection-log.js';
import { ConnectionStarts } from './whatsapp/connection-starts.js';
import { ConnectionStatuses } from './whatsapp/connection-statuses.js';
import { DeletedSessions } from './whatsapp/deleted-sessions.js';
import { OpenWhatsApp } from './whatsapp/open-whatsapp.js';
import { WhatsAppStates } from './whatsapp/whatsapp-states.js';
import { PairingNews } from './whatsapp/pairing-news.js';
import { PairingOffers } from './whatsapp/pairing-offers.js';
import { ReportRouter } from './whatsapp/report-router.js';
import { SessionProxies } from './whatsapp/session-proxies.js';
import { sharedConnections } from './whatsapp/shared-connections.js';
import { WHATSAPP } from './whatsapp/tokens.js';

const effects = [
  StartConnectionEffect,
  ScheduleConnectionEffect,
  ConfigureConnectionEffect,
  StopConnectionEffect,
  UnlinkConnectionEffect,
  ForgetConnectionEffect,
  RecordReportEffect,
  PauseAllSessionsEffect,
  ResumeAllSessionsEffect,
];

/** The routes of sessions, and the connections to WhatsApp that messaging uses as well. */
@Module({
  controllers: [SessionsController, PairingController, AdminSessionsController, NumbersController],
  providers: [
    ConnectionStarts,
    DeletedSessions,
    ReportRouter,
    ConnectionStatuses,
    WhatsAppStates,
    ConnectionLog,
    PairingNews,
    PairingOffers,
    ConnectionSupervisor,
    Reconnects,
    Restorer,
    SessionProxies,
    SessionFinder,
    SessionService,
    ShownPacing,
    UnpairedSessions,
    CreateSessionHandler,
    FillSessionSlotHandler,
    KeepReportHandler,
    ...effects,
    { provide: CONNECTION_STATUS, useExisting: ConnectionStatuses },
    { provide: LINKED_SESSIONS, useExisting: SessionFinder },
    { provide: WHATSAPP_STATE, useExisting: WhatsAppStates },
    { provide: PACING_STATUSES, useExisting: ShownPacing },
    { provide: REPORTS, useExisting: ReportRouter },
    {
      provide: OpenWhatsApp,
      inject: [CONFIG, VAULT, LOG, ReportRouter, SessionProxies, SessionProcess],
      useFactory: (
        config: Config,
        vault: Vault,
        log: Logger,
        router: ReportRouter,
        proxies: SessionProxies,
        { isHere }: SessionProcess,
      ) => {
        if (!isHere) return OpenWhatsApp.elsewhere(router);
        recordConnectionReports(router, Math.random);
        return OpenWhatsApp.open({ config, vault, log, router, proxies });
      },
    },
    {
      provide: WHATSAPP,
      inject: [OpenWhatsApp, SessionProcess],
      useFactory: ({ connections }: OpenWhatsApp, sessionProcess: SessionProcess) =>
        sharedConnections(sessionProcess, connections),
    },
    { provide: MESSENGER, useExisting: WHATSAPP },
  ],
  exports: [MESSENGER, CONNECTION_STATUS, LINKED_SESSIONS, REPORTS, WHATSAPP_STATE, PACING_STATUSES],
})
export class SessionsModule {}
