import type { WhatsAppConnections } from '#lib/whatsapp';

/** Injects `Messenger`. */
export const MESSENGER = Symbol('messenger');

/** What other contexts do over the connections of sessions, as the port of `#lib/whatsapp` says. Only sessions start and end these. */
export type Messenger = Pick<
  WhatsAppConnections,
  | 'send'
  | 'groups'
  | 'accounts'
  | 'uploadMedia'
  | 'checkNumbers'
  | 'markRead'
  | 'showActivity'
  | 'downloadMedia'
  | 'renewMedia'
  | 'openEdit'
  | 'openVote'
  | 'rejectCall'
>;
