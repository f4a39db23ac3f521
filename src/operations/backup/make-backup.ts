import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Config } from '#config';
import type { BackupPlace } from '#lib/backup-places';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { identitiesIn, pack, unpack } from '#lib/sealed-archive';
import { hasSecretsCheck } from '#lib/vault/sqlite';
import { hasCredentialsCheck } from '#lib/whatsapp/baileys/credentials/sqlite';
import { dataFiles, mediaDirectory } from '../../platform/data-files.js';
import { BackupRefused, filesWith, isOfBackup, manifestFile, readManifest, writeManifest } from './backup-format.js';
import { copyStores } from './copy-stores.js';
import type { Description } from './description.contract.js';
import { namesOf } from './description.js';
import { logIdOf, restoredAtOf } from './intact-events.js';
import { linkMedia } from './media-copy.js';
import type { BackupSettings } from './settings.js';

export type BackupRequest = {
  readonly id: string;
  readonly config: Config;
  readonly settings: BackupSettings;
  readonly place: BackupPlace;
  /** The names of all sagas. */
  readonly sagas: readonly string[];
};

const inFiles = { log: 'file', others: 'file' } as const;
/** Where the copies are in the data directory while they are packed. */
export const scratchDirectory = 'backing-up';
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/**
 * Copies all stores while a service uses them, checks every event of the copy, and puts it into the place as one encrypted file, which is read
 * again before it counts. Takes its time on a thread or in a process where nothing else waits. Where anything fails, nothing is left of it.
 * @throws {BackupRefused | MoveRefused | BackupPlaceUnavailable | StoreUnavailable}
 */
export const makeBackup = async ({ id, config, settings, place, sagas }: BackupRequest): Promise<Description> => {
  const scratches = join(config.WAYBILL_DATA_DIR, scratchDirectory);
  await removeAbandoned(scratches);
  const scratch = join(scratches, id);
  await rm(scratch, { recursive: true, force: true }); // of an earlier try
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    const takenAt = new Date().toISOString();
    await copyStores(config, scratch, sagas);
    const {
      events,
      lastPosition: position,
      corrupt,
      log,
      restoredAt,
    } = await verified(join(scratch, dataFiles.events));
    if (events === 0) throw new BackupRefused('The log has no events: there is nothing to back up');
    assertSealedStoresAreWhole(scratch);
    const media = settings.media
      ? await linkMedia(join(config.WAYBILL_DATA_DIR, mediaDirectory), join(scratch, mediaDirectory))
      : { files: 0, bytes: 0 };
    await writeManifest(scratch, inFiles, { id, createdAt: takenAt, media });
    const hasMedia = media.files > 0;
    const names = [manifestFile, ...filesWith(inFiles), ...(hasMedia ? [mediaDirectory] : [])];
    const { archive, description } = namesOf(id, takenAt);
    const identities =
      settings.identityFile === undefined ? [] : identitiesIn(await readFile(settings.identityFile, 'utf8'));
    const sum = newSum();
    await place.write(archive, sum.of(pack(scratch, names, settings.recipients)), (read) =>
      verify(read, sum.result(), identities, `${scratch}.check`),
    );
    const made: Description = {
      format: 1,
      id,
      log,
      restoredAt,
      takenAt,
      position,
      events,
      damaged: corrupt.length,
      archive,
      ...sum.result(),
      holds: ['log', 'sagas', 'vault', 'credentials', 'requestCounts', ...(hasMedia ? (['media'] as const) : [])],
      media,
      verified: identities.length > 0 ? 'opened' : 'read',
    };
    await place.write(description, bytesOf(`${JSON.stringify(made, null, 2)}\n`));
    return made;
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await rm(`${scratch}.check`, { recursive: true, force: true });
  }
};

/** The log needs both: without them, or with those of another log, a copy cannot be restored. @throws {BackupRefused} */
const assertSealedStoresAreWhole = (directory: string): void => {
  const missing = [
    ...(hasSecretsCheck(join(directory, dataFiles.secrets)) ? [] : ['vault']),
    ...(hasCredentialsCheck(join(directory, dataFiles.credentials)) ? [] : ['credentials']),
  ];
  if (missing.length > 0)
    throw new BackupRefused(
      `The log has events, but the configuration leads to no ${missing.join(' and no ')}: nothing was backed up. See WAYBILL_DATA_DIR and MONGODB_URI`,
    );
};

const verified = async (file: string) => {
  const store = await openSqliteEventStore({ file });
  try {
    const found = await store.verify();
    return { ...found, log: await logIdOf(store), restoredAt: await restoredAtOf(store) };
  } finally {
    await store.close();
  }
};

type Sum = { readonly sha256: string; readonly bytes: number };

/** SHA-256 and size of what passes by. */
const newSum = () => {
  const hash = createHash('sha256');
  let bytes = 0;
  let sum: Sum | undefined;
  return {
    async *of(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    result: (): Sum => (sum ??= { sha256: hash.digest('hex'), bytes }),
  };
};

/** Reads the file again: as it is encrypted, and opened where a secret key is here. @throws {BackupRefused} */
const verify = async (
  read: () => Promise<Readable>,
  { sha256, bytes }: Sum,
  identities: readonly string[],
  directory: string,
): Promise<void> => {
  const again = newSum();
  for await (const _chunk of again.of(await read())) continue;
  const found = again.result();
  if (found.sha256 !== sha256 || found.bytes !== bytes)
    throw new BackupRefused('What was written is not what is read again: the place of the backups is damaged');
  if (identities.length === 0) return;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await unpack(await read(), identities, directory, isOfBackup);
  await readManifest(directory);
};

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** What was left by a process that died. */
const removeAbandoned = async (directory: string): Promise<void> => {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
};
