import { z } from 'zod';
import { QueueChoice } from './restoration.contract.js';

export const ResumeSystem = z
  .strictObject({
    queued: QueueChoice.describe(
      'What becomes of the messages that wait: `send` them, some of which the original may have sent already, or `cancel` them.',
    ),
  })
  .meta({ id: 'ResumeSystem', examples: [{ queued: 'cancel' }] });

const example = {
  status: 'waiting',
  backupId: '0199a3c4-1f00-7000-8000-000000000b01',
  takenAt: '2026-11-29T02:00:00.000Z',
  position: 4711,
  restoredAt: '2026-11-29T10:00:00.000Z',
  queued: null,
  resumedAt: null,
} as const;

/** What a restored copy says of itself. */
export const RestoredCopy = z
  .object({
    status: z
      .enum(['waiting', 'canceling', 'resumed'])
      .describe('`waiting` for an admin; `canceling` the messages that wait; `resumed`: it goes on as any service.'),
    backupId: z.string(),
    takenAt: z.iso.datetime().describe('When the backup was made.'),
    position: z.int().describe('Of the last event in the backup.'),
    restoredAt: z.iso.datetime(),
    queued: QueueChoice.nullable().describe('What was decided about the messages that waited.'),
    resumedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RestoredCopy', examples: [example] });
