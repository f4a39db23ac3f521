import { z } from 'zod';
import { event, eventTypes, type EventOf, type OfType } from '#lib/event-sourcing';
import { idFromParts } from '#lib/ids';

const time = z.iso.datetime();

/** Whose call it is: every event of a call says so. */
const CallOwner = z.object({ callId: z.uuid(), userId: z.uuid(), sessionId: z.uuid() });

const Caller = z.object({
  /** E.164. */
  phoneNumber: z.string().nullable(),
  /** `…@lid` */
  lid: z.string().nullable(),
});

/** `rejected_here`: by the service, as the session's settings say. The others: on the phone, or by the caller. */
export const CallOutcome = z.enum(['rejected_here', 'rejected', 'accepted', 'missed', 'ended']);

export const callEvents = eventTypes('call', {
  /** Somebody calls the account. */
  CallOffered: event(
    CallOwner.extend({
      /** The phone number (E.164) of the account. */
      account: z.string(),
      caller: Caller,
      whatsappId: z.string(),
      /** The jid that WhatsApp used for the caller's device: a rejection names it. */
      from: z.string(),
      isVideo: z.boolean(),
      isGroup: z.boolean(),
      /** As the session's settings said then. */
      isToBeRejected: z.boolean(),
      /** What the caller is to be sent; null: nothing. */
      answer: z.string().nullable(),
      /** By WhatsApp's clock. */
      calledAt: time,
      offeredAt: time,
    }),
    { personal: { subject: 'callId', fields: ['account', 'caller', 'from', 'answer'] } },
  ),
  /** It does not ring any more. `reason`: in WhatsApp's words, where it says so. */
  CallEnded: event(
    CallOwner.extend({
      outcome: CallOutcome,
      reason: z.string().nullable(),
      endedAt: time,
    }),
  ),
});
export type CallEvent = EventOf<typeof callEvents>;
export type CallEventData<Type extends CallEvent['type']> = OfType<CallEvent, Type>['data'];

/** The id of a call: the same however often WhatsApp tells of it. */
export const callIdOf = (sessionId: string, account: string, whatsappId: string): string =>
  idFromParts(['call', sessionId, account, whatsappId]);

/** The id of the message that answers a call: each is answered once. */
export const answerIdOf = (callId: string): string => idFromParts(['answer', callId]);
