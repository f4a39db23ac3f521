import { z } from 'zod';
import type { Recorded } from '#lib/event-sourcing';
import { always, publicResource } from '../platform/public-events/public-resource.js';
import { callEvents, CallOutcome, type CallEvent } from './call.contract.js';

const time = z.iso.datetime();

const Call = z
  .object({
    id: z.uuid(),
    sessionId: z.uuid(),
    caller: z.object({ phoneNumber: z.string().nullable(), lid: z.string().nullable() }),
    video: z.boolean(),
    group: z.boolean(),
    offeredAt: time,
    outcome: CallOutcome.nullable().describe(
      'Null while it rings. `rejected_here`: by the service, as the settings of the session say; the others: on the phone, or by the caller.',
    ),
    reason: z.string().nullable().describe('In WhatsApp’s words, where it says so.'),
    endedAt: time.nullable(),
  })
  .meta({ id: 'Call' });
type Call = Readonly<z.output<typeof Call>>;

const evolve = (call: Call | undefined, event: Recorded<CallEvent>): Call | undefined => {
  if (event.type === 'CallEnded') {
    const { outcome, reason, endedAt } = event.data;
    return call && { ...call, outcome, reason, endedAt };
  }
  const { callId: id, sessionId, caller, isVideo: video, isGroup: group, offeredAt } = event.data;
  return { id, sessionId, caller, video, group, offeredAt, outcome: null, reason: null, endedAt: null };
};

/** What users are told of calls to their accounts. */
export const callPublicEvents = publicResource<CallEvent, Call>({
  stream: callEvents,
  evolve,
  present: (call) => call,
  schema: Call,
  types: {
    'call.offered': { description: 'Somebody calls the account.', on: { CallOffered: always } },
    'call.ended': { description: 'The call does not ring any more: `outcome` says why.', on: { CallEnded: always } },
  },
});
