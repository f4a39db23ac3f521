import { z } from 'zod';

/** What lies beside each encrypted backup, for anybody to read. An archive without it is no backup: it was not verified. */
export const Description = z.object({
  format: z.literal(1),
  id: z.string(),
  /** The log that it is of: the id of its first event that is not damaged. Missing in what older versions wrote. */
  log: z.string().optional(),
  /** When that log was restored, the last time: it has its own history from then on. Null where it never was; missing in what older versions wrote. */
  restoredAt: z.iso.datetime().nullable().optional(),
  /** When the copying began: what was acknowledged before is in it. */
  takenAt: z.iso.datetime(),
  /** Of the last event in it. */
  position: z.int(),
  events: z.int(),
  /** Damaged events that were found in the log. */
  damaged: z.int(),
  /** The name of the archive. */
  archive: z.string(),
  bytes: z.int(),
  /** Of the archive as it is encrypted, in hexadecimal. */
  sha256: z.string(),
  holds: z.array(z.enum(['log', 'sagas', 'vault', 'credentials', 'requestCounts', 'media'])),
  media: z.object({ files: z.int(), bytes: z.int() }),
  /** `opened`: decrypted and compared after writing; `read`: read back and compared as it is encrypted. */
  verified: z.enum(['opened', 'read']),
});
export type Description = z.output<typeof Description>;
