import type { SessionStatus } from './session.contract.js';

const statusesToConnect: readonly SessionStatus[] = [
  'initializing',
  'awaiting_scan',
  'connecting',
  'connected',
  'reconnecting',
];

/** Whether a session in this status is to have a connection, or to be on the way to one. */
export const isToConnect = (status: SessionStatus | 'none' | 'deleted'): boolean =>
  (statusesToConnect as readonly string[]).includes(status);
