import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { BackupPlace, PlacedFile } from '#lib/backup-places';
import { newestFirst } from './order.rules.js';

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

const suffixes = { archive: '.tar.gz.age', description: '.json' } as const;

/** The names of a backup, which begin with its time. Colons are not allowed in every file system. */
export const namesOf = (id: string, takenAt: string): { readonly archive: string; readonly description: string } => {
  const name = `waybill-${takenAt.replaceAll(/[:.]/g, '-')}-${id.slice(-8)}`;
  return { archive: `${name}${suffixes.archive}`, description: `${name}${suffixes.description}` };
};

const archivePattern = /^(waybill-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3}Z)-[^.]+)\.tar\.gz\.age$/;

/** The archives without a description: they are being made, or were never completed. */
export const undescribed = (
  files: readonly PlacedFile[],
): readonly { readonly name: string; readonly takenAt: Date }[] => {
  const names = new Set(files.map(({ name }) => name));
  return files.flatMap(({ name }) => {
    const [, stem, hour, minute, second, fraction] = archivePattern.exec(name) ?? [];
    if (stem === undefined || names.has(`${stem}${suffixes.description}`)) return [];
    return [{ name, takenAt: new Date(`${hour}:${minute}:${second}.${fraction}`) }];
  });
};

/** Those that were verified, newest first. @throws {BackupPlaceUnavailable} */
export const describedIn = async (place: BackupPlace): Promise<readonly Description[]> => {
  const files = await place.list();
  const sizes = new Map(files.map(({ name, size }) => [name, size]));
  const found: Description[] = [];
  for (const { name } of files) {
    if (!/^waybill-.*\.json$/.test(name)) continue;
    const read = Description.safeParse(parsed((await buffer(await place.read(name))).toString()));
    if (read.success && sizes.get(read.data.archive) === read.data.bytes) found.push(read.data);
  }
  return newestFirst(found);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
