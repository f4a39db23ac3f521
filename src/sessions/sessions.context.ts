import { defineContext } from '../platform/context-definition.js';
import { viewGauge } from '../platform/metrics/view-gauge.js';
import { connectionSaga } from './connection.saga.js';
import {
  ConfigureConnectionEffect,
  ForgetConnectionEffect,
  ScheduleConnectionEffect,
  StartConnectionEffect,
  StopConnectionEffect,
  UnlinkConnectionEffect,
} from './connections/effects.js';
import { PauseAllSessionsEffect, ResumeAllSessionsEffect } from './connections/restoration.effects.js';
import { CreateSessionHandler } from './create-session.handler.js';
import { FillSessionSlotHandler } from './fill-session-slot.handler.js';
import { restorationSaga } from './restoration.saga.js';
import { sessionStatuses } from './session.contract.js';
import { sessionDecider } from './session.decider.js';
import { eventSessions, sessionPublicEvents } from './sessions.public-events.js';
import { sessions, sessionsProjection } from './sessions.projection.js';
import { sessionQueries } from './sessions.queries.js';
import { slotsDecider } from './slots.decider.js';
import { slotsSaga } from './slots.saga.js';
import { KeepReportHandler } from './unrecorded/keep-report.handler.js';
import { RecordReportEffect } from './unrecorded/record-report.effect.js';
import { reportDecider } from './unrecorded/report.decider.js';
import { unrecordedReportsSaga } from './unrecorded/report.saga.js';

/** The devices that users link to their WhatsApp accounts, and the connections of these devices. */
export const sessionsContext = defineContext({
  name: 'sessions',
  deciders: [sessionDecider, slotsDecider, reportDecider],
  projections: [sessionsProjection],
  sagas: [connectionSaga, slotsSaga, restorationSaga, unrecordedReportsSaga],
  commands: {
    CreateSession: CreateSessionHandler,
    FillSessionSlot: FillSessionSlotHandler,
    KeepReport: KeepReportHandler,
  },
  effects: {
    StartConnection: StartConnectionEffect,
    ScheduleConnection: ScheduleConnectionEffect,
    ConfigureConnection: ConfigureConnectionEffect,
    StopConnection: StopConnectionEffect,
    UnlinkConnection: UnlinkConnectionEffect,
    ForgetConnection: ForgetConnectionEffect,
    RecordReport: RecordReportEffect,
    PauseAllSessions: PauseAllSessionsEffect,
    ResumeAllSessions: ResumeAllSessionsEffect,
  },
  queries: sessionQueries,
  viewGauges: [
    viewGauge({
      name: 'waybill_sessions',
      help: 'Sessions, by what they are doing.',
      label: 'status',
      of: sessions,
      values: Object.fromEntries(sessionStatuses.map((status) => [status, { status }])),
    }),
  ],
  publicEvents: [sessionPublicEvents],
  eventSessions,
});
