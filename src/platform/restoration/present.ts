import type { z } from 'zod';
import type { RestorationState } from './restoration.contract.js';
import type { RestoredCopy } from './resume.schemas.js';

/** As the API shows it; null of a service that was never restored. */
export const presentRestoration = (state: RestorationState): z.output<typeof RestoredCopy> | null => {
  if (state.status === 'original') return null;
  const { backupId, takenAt, position, restoredAt } = state;
  const source = { backupId, takenAt, position, restoredAt };
  if (state.status === 'resumed')
    return { status: 'resumed', ...source, queued: state.queued, resumedAt: state.resumedAt };
  return state.status === 'held'
    ? { status: 'waiting', ...source, queued: null, resumedAt: null }
    : { status: 'canceling', ...source, queued: 'cancel', resumedAt: null };
};
