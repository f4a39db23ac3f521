import { saga } from '#lib/event-sourcing';
import type { RejectCall } from './call.commands.js';
import { callEvents, type CallEvent } from './call.contract.js';

/** Calls are rejected, and their callers answered, where the settings of the session said so when they came. */
export const rejectedCallsSaga = saga<CallEvent, RejectCall>({
  name: 'rejected-calls',
  // Nobody is answered for a call of another time.
  startFrom: 'now',
  from: [callEvents],
  on: { CallOffered: ({ data }) => (data.isToBeRejected ? [{ type: 'RejectCall', data }] : []) },
});
