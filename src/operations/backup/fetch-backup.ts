import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { BackupPlace } from '#lib/backup-places';
import { unpack } from '#lib/sealed-archive';
import { BackupRefused, isOfBackup } from './backup-format.js';
import type { Description } from './description.contract.js';
import { describedIn } from './description.js';

/** By when it was taken (ISO 8601), and of which log; any where they are not named. */
type Wanted = { readonly until?: string | undefined; readonly log?: string | undefined };

/** The newest backup that is wanted. @throws {BackupRefused} there is none. */
export const chooseBackup = async (place: BackupPlace, { until, log }: Wanted): Promise<Description> => {
  const all = (await describedIn(place)).filter((one) => log === undefined || (one.log ?? log) === log);
  const chosen = all.find(({ takenAt }) => until === undefined || takenAt <= until);
  if (chosen) return chosen;
  const oldest = all.at(-1);
  throw new BackupRefused(
    oldest
      ? `There is no backup of ${until} or before in ${place.name}: the oldest is of ${oldest.takenAt}`
      : `There is no backup in ${place.name}`,
  );
};

/** Decrypts a backup into a directory that exists. @throws {BackupRefused | ArchiveDamaged | BackupPlaceUnavailable} */
export const fetchBackup = async (
  place: BackupPlace,
  { archive, sha256 }: Description,
  identities: readonly string[],
  directory: string,
): Promise<void> => {
  const sum = createHash('sha256');
  const bytes = hashed(await place.read(archive), sum);
  await unpack(Readable.from(bytes, { objectMode: false }), identities, directory, isOfBackup);
  if (sum.digest('hex') !== sha256) throw new BackupRefused(`${archive} in ${place.name} was changed since the backup`);
};

/** Compares an archive as it is encrypted with its description. @throws {BackupRefused | BackupPlaceUnavailable} */
export const checkSum = async (place: BackupPlace, { archive, sha256 }: Description): Promise<void> => {
  const sum = createHash('sha256');
  for await (const _chunk of hashed(await place.read(archive), sum)) continue;
  if (sum.digest('hex') !== sha256) throw new BackupRefused(`${archive} in ${place.name} was changed since the backup`);
};

/** The same for an archive that is a file here, without its description. @throws {ArchiveDamaged} */
export const openArchive = (file: string, identities: readonly string[], directory: string): Promise<void> =>
  unpack(createReadStream(file), identities, directory, isOfBackup);

async function* hashed(bytes: Readable, sum: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    sum.update(chunk as Uint8Array);
    yield chunk as Uint8Array;
  }
}
