import type { SessionStatus } from './session.contract.js';

const statusesToConnect: readonly SessionStatus[] = [
  'initializing',
  'awaiting_scan',
  'connecting',
  'connected',
  'reconnecting',
];

/** Whether a session in this status has a connection, or should get one by itself. */
export const shouldBeConnected = (status: SessionStatus | 'none' | 'deleted'): boolean =>
  (statusesToConnect as readonly string[]).includes(status);
