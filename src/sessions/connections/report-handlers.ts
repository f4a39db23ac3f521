import type { Reports } from '../reports.contract.js';
import type { SessionCommand } from '../session.commands.js';

/** Records what becomes of the sessions' connections. `chance` gives numbers from 0 to 1. */
export const handleConnectionReports = (reports: Reports, chance: () => number): void => {
  const just = (command: SessionCommand): readonly SessionCommand[] => [command];

  reports.handle('qr', {
    commandsFor: (sessionId, { expiresAt }, at, start) =>
      just({ type: 'RecordQrIssued', data: { sessionId, expiresAt, start, at } }),
  });
  reports.handle('pairing_code', {
    commandsFor: (sessionId, { expiresAt }, at, start) =>
      just({ type: 'RecordPairingCodeIssued', data: { sessionId, expiresAt, start, at } }),
  });
  reports.handle('paired', {
    commandsFor: (sessionId, { account }, at, start) =>
      just({ type: 'RecordSessionPaired', data: { sessionId, account, start, at } }),
  });
  reports.handle('open', {
    commandsFor: (sessionId, { account }, at, start) =>
      just({ type: 'RecordSessionConnected', data: { sessionId, account, start, at } }),
  });
  reports.handle('renamed', {
    commandsFor: (sessionId, { account }, at, start) =>
      just({ type: 'RecordSessionRenamed', data: { sessionId, account, start, at } }),
  });
  reports.handle('closed', {
    commandsFor: (sessionId, { disconnect }, at, start) =>
      just({ type: 'RecordSessionDisconnected', data: { sessionId, ...disconnect, chance: chance(), start, at } }),
  });
};
