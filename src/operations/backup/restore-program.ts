import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Config } from '#config';
import { identitiesIn } from '#lib/sealed-archive';
import { exists } from '../../platform/where-stores-are.js';
import { BackupRefused, manifestFile } from './backup-format.js';
import { drill } from './drill.js';
import { chooseBackup, fetchBackup, openArchive } from './fetch-backup.js';
import { openPlace } from './open-place.js';
import { markServers, putBack, restore, restoring, type Restored } from './restore.js';

type Context = { readonly config: Config; readonly print: (line: string) => void };

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  until: { type: 'string' },
  identity: { type: 'string' },
  servers: { type: 'boolean' },
  drill: { type: 'boolean' },
} as const;

const noPlace = 'Which backup? Name a directory, a file (….age), or where backups go (--from, WAYBILL_BACKUP_TO)';

/** `npm run restore`. Answers the exit code. @throws {BackupRefused | ArchiveDamaged | VaultError} */
export const restoreProgram = async (words: readonly string[], { config: given, print }: Context): Promise<number> => {
  const { values, positionals } = parsed(words);
  const config = { ...given, ...(values.to !== undefined && { WAYBILL_DATA_DIR: values.to }) };
  const { WAYBILL_DATA_DIR: data, WAYBILL_MASTER_KEY: masterKey } = config;
  const put = { config, masterKey };
  const from = positionals[0] ?? values.from ?? config.WAYBILL_BACKUP_TO;
  if (values.drill) {
    if (from === undefined) throw new BackupRefused(noPlace);
    const identityFile = values.identity ?? config.WAYBILL_BACKUP_IDENTITY;
    const place = await openPlace(from, config);
    const { takenAt, restored, events } = await drill({ config, settings: { identityFile }, place });
    print(`The backup of ${takenAt} with ${events} events ${restored ? 'can be restored.' : 'is as it was written.'}`);
    return 0;
  }
  const { createdAt, events, corrupt } = values.servers
    ? await markServers(put)
    : await restoreFrom(from, values, put, config);
  print(`${data} is as it was at ${createdAt}: ${events} events.`);
  for (const { position, problem } of corrupt) print(`Event ${position} is corrupt: ${problem}`);
  if (corrupt.length > 0) return 1;
  print('All were checked, and the master key fits.');
  print('It is a copy: it neither connects nor sends until an admin says so (POST /v1/admin/system/resume).');
  return 0;
};

/** @throws {BackupRefused} */
const parsed = (words: readonly string[]) => {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new BackupRefused((error as Error).message, { cause: error });
  }
};

type Wanted = { readonly until?: string | undefined; readonly identity?: string | undefined };

const restoreFrom = async (
  from: string | undefined,
  { until, identity }: Wanted,
  put: Parameters<typeof restore>[1],
  config: Config,
): Promise<Restored> => {
  if (from === undefined) throw new BackupRefused(noPlace);
  if (await exists(join(from, manifestFile))) return restore(from, put);
  const identities = await identitiesOf(identity ?? config.WAYBILL_BACKUP_IDENTITY);
  const scratch = join(config.WAYBILL_DATA_DIR, 'restoring');
  // Also while it is fetched, which may take hours, no service starts on the empty directory.
  return restoring(config.WAYBILL_DATA_DIR, async (mark) => {
    await rm(scratch, { recursive: true, force: true }); // of one that was ended in the middle
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    try {
      if (from.endsWith('.age')) {
        await openArchive(from, identities, scratch);
        return await putBack(scratch, mark, put);
      }
      const place = await openPlace(from, config);
      const described = await chooseBackup(place, { until: timeOf(until) });
      await fetchBackup(place, described, identities, scratch);
      return await putBack(scratch, mark, { ...put, described });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
};

/** @throws {BackupRefused} */
const identitiesOf = async (file: string | undefined): Promise<readonly string[]> => {
  if (file === undefined)
    throw new BackupRefused(
      'The backup is encrypted: name the file with the secret key of age (--identity, WAYBILL_BACKUP_IDENTITY)',
    );
  return identitiesIn(await readFile(file, 'utf8'));
};

/** @throws {BackupRefused} */
const timeOf = (until: string | undefined): string | undefined => {
  if (until === undefined || until === 'latest') return undefined;
  const time = new Date(until);
  if (Number.isNaN(time.getTime())) throw new BackupRefused('--until is a time (2026-11-29T10:00:00Z), or latest');
  return time.toISOString();
};
