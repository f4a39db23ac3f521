import { z } from 'zod';
import { pageOf } from '../../platform/http/paging.js';
import { Description } from './description.contract.js';

const example = {
  id: '0199a3c4-1f00-7000-8000-000000000b01',
  status: 'completed',
  requestedAt: '2026-11-29T02:00:00.000Z',
  endedAt: '2026-11-29T02:00:12.000Z',
  reason: null,
  takenAt: '2026-11-29T02:00:01.000Z',
  archive: 'waybill-2026-11-29T02-00-01-000Z-00000b01.tar.gz.age',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  verified: 'read',
  position: 4711,
  events: 4711,
  damaged: 0,
  bytes: 1_048_576,
  holds: ['log', 'sagas', 'vault', 'credentials', 'requestCounts', 'media'],
} as const;

export const BackupAnswer = z
  .object({
    id: z.uuid(),
    status: z
      .enum(['running', 'completed', 'failed', 'removed'])
      .describe(
        '`completed`: whole and verified. `removed`: it was, and is not there any more: it is no longer kept, or somebody took it away.',
      ),
    requestedAt: z.iso.datetime().describe('Of one that the command line made: when the copying began.'),
    endedAt: z.iso.datetime().nullable().describe('Null also of one that the command line made.'),
    reason: z.string().nullable().describe('Why it failed.'),
    takenAt: z.iso.datetime().nullable().describe('What was acknowledged before is in it.'),
    archive: z.string().nullable().describe('The name of its file.'),
    sha256: z.string().nullable().describe('Of the file as it is encrypted.'),
    verified: z
      .enum(['opened', 'read'])
      .nullable()
      .describe('After writing: `read` again and compared, or also decrypted (`opened`).'),
    position: z.int().nullable().describe('Of the last event in it.'),
    events: z.int().nullable(),
    damaged: z.int().nullable().describe('Damaged events of the log that were found.'),
    bytes: z.int().nullable(),
    holds: Description.shape.holds.nullable(),
  })
  .meta({ id: 'Backup', examples: [example] });

export const BackupsAnswer = pageOf(BackupAnswer, 'Backups', { ...example, holds: [...example.holds] });
