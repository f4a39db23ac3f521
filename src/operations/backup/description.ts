import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { BackupPlace } from '#lib/backup-places';

/** What lies beside each encrypted backup, for anybody to read. An archive without it is no backup: it was not verified. */
export const Description = z.object({
  format: z.literal(1),
  id: z.string(),
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
  holds: z.array(z.enum(['log', 'sagas', 'vault', 'credentials', 'media'])),
  media: z.object({ files: z.int(), bytes: z.int() }),
  /** `opened`: decrypted and compared after writing; `read`: read back and compared as it is encrypted. */
  verified: z.enum(['opened', 'read']),
});
export type Description = z.output<typeof Description>;

const suffix = '.json';

/** The names of a backup, which begin with its time. Colons are not allowed in every file system. */
export const namesOf = (id: string, takenAt: string): { readonly archive: string; readonly description: string } => {
  const name = `waybill-${takenAt.replaceAll(/[:.]/g, '-')}-${id.slice(-8)}`;
  return { archive: `${name}.tar.gz.age`, description: `${name}${suffix}` };
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
  return found.sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1));
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
