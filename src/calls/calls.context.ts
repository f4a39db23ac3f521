import { defineContext } from '../platform/context-definition.js';
import { callDecider } from './call.decider.js';
import { rejectedCallsSaga } from './call.saga.js';
import { callPublicEvents } from './calls.public-events.js';
import { RejectCallEffect } from './reject-call.effect.js';

/** Calls to the accounts. */
export const callsContext = defineContext({
  name: 'calls',
  deciders: [callDecider],
  sagas: [rejectedCallsSaga],
  effects: { RejectCall: RejectCallEffect },
  publicEvents: [callPublicEvents],
});
