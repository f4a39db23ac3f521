import type { Reports } from '../reports.contract.js';
import type { SessionCommand } from '../session.commands.js';

/** Records what becomes of the sessions' connections. `chance` gives numbers from 0 to 1. */
export const recordConnectionReports = (reports: Reports, chance: () => number): void => {
  const just = (command: SessionCommand): readonly SessionCommand[] => [command];

  reports.record('qr', {
    commandsFor: (sessionId, { expiresAt }, at, start) =>
      just({ type: 'RecordQrIssued', data: { sessionId, expiresAt, start, at } }),
  });
  reports.record('pairing_code', {
    commandsFor: (sessionId, { expiresAt }, at, start) =>
      just({ type: 'RecordPairingCodeIssued', data: { sessionId, expiresAt, start, at } }),
  });
  reports.record('paired', {
    commandsFor: (sessionId, { account }, at, start) =>
      just({ type: 'RecordSessionPaired', data: { sessionId, account, start, at } }),
  });
  reports.record('open', {
    commandsFor: (sessionId, { account }, at, start) =>
      just({ type: 'RecordSessionConnected', data: { sessionId, account, start, at } }),
  });
  reports.record('renamed', {
    commandsFor: (sessionId, { account }, at, start) =>
      just({ type: 'RecordSessionRenamed', data: { sessionId, account, start, at } }),
  });
  reports.record('restriction', {
    commandsFor: (sessionId, { restriction }, at, start) =>
      just({ type: 'RecordRestriction', data: { sessionId, restriction, start, at } }),
  });
  reports.record('closed', {
    commandsFor: (sessionId, { disconnect }, at, start) =>
      just({ type: 'RecordSessionDisconnected', data: { sessionId, ...disconnect, chance: chance(), start, at } }),
  });
};
