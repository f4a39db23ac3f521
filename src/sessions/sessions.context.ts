import { defineContext } from '../platform/context-definition.js';
import { connectionSaga } from './connection.saga.js';
import {
  ForgetConnectionEffect,
  ScheduleConnectionEffect,
  StartConnectionEffect,
  StopConnectionEffect,
  UnlinkConnectionEffect,
} from './connections/effects.js';
import { CreateSessionHandler } from './create-session.handler.js';
import { FillSessionSlotHandler } from './fill-session-slot.handler.js';
import { sessionDecider } from './session.decider.js';
import { sessionsProjection } from './sessions.projection.js';
import { sessionQueries } from './sessions.queries.js';
import { slotsDecider } from './slots.decider.js';
import { slotsSaga } from './slots.saga.js';

/** The devices that users link to their WhatsApp accounts, and the connections of these devices. */
export const sessionsContext = defineContext({
  name: 'sessions',
  deciders: [sessionDecider, slotsDecider],
  projections: [sessionsProjection],
  sagas: [connectionSaga, slotsSaga],
  commands: { CreateSession: CreateSessionHandler, FillSessionSlot: FillSessionSlotHandler },
  effects: {
    StartConnection: StartConnectionEffect,
    ScheduleConnection: ScheduleConnectionEffect,
    StopConnection: StopConnectionEffect,
    UnlinkConnection: UnlinkConnectionEffect,
    ForgetConnection: ForgetConnectionEffect,
  },
  queries: sessionQueries,
});
