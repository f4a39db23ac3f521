import { saga } from '#lib/event-sourcing';
import { restorationEvents, type RestorationEvent } from '../platform/restoration/restoration.contract.js';
import type { PauseAllSessions, ResumeAllSessions } from './session.commands.js';

/** The sessions of a restored copy are stopped until an admin lets it go on: their accounts may be connected to the original. */
export const restorationSaga = saga<RestorationEvent, PauseAllSessions | ResumeAllSessions>({
  name: 'sessions-of-restored-copy',
  // The log says that it is a copy before the copy is started for the first time.
  startFrom: 'beginning',
  from: [restorationEvents],
  on: {
    ServiceRestored: ({ data: { restoredAt } }) => [{ type: 'PauseAllSessions', data: { restoredAt, at: restoredAt } }],
    ServiceResumed: ({ data: { resumedAt } }) => [{ type: 'ResumeAllSessions', data: { at: resumedAt } }],
  },
});
