import type { Command } from '#lib/event-sourcing';
import type { CallEventData } from './call.contract.js';

export type RecordCallOffered = Command<
  'RecordCallOffered',
  Omit<CallEventData<'CallOffered'>, 'offeredAt'> & { readonly at: string }
>;
/** The first end of a call is on record. One of a call that was never offered changes nothing. */
export type RecordCallEnded = Command<
  'RecordCallEnded',
  Pick<CallEventData<'CallEnded'>, 'callId' | 'outcome' | 'reason'> & { readonly at: string }
>;
export type CallCommand = RecordCallOffered | RecordCallEnded;

/** Rejects a call and answers its caller, as the settings of its session said when it came. */
export type RejectCall = Command<'RejectCall', CallEventData<'CallOffered'>>;
