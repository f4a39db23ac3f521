import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Mongo } from '#lib/mongo';
import { readSealedSecrets as secretsInDatabase, writeSealedSecrets as secretsToDatabase } from '#lib/vault/mongo';
import { readSealedSecrets as secretsInFile, writeSealedSecrets as secretsToFile } from '#lib/vault/sqlite';
import {
  openMongoCredentials,
  readStoredValues as keysInDatabase,
  writeStoredValues as keysToDatabase,
} from '#lib/whatsapp/baileys/credentials/mongo';
import {
  readStoredValues as keysInFile,
  writeStoredValues as keysToFile,
} from '#lib/whatsapp/baileys/credentials/sqlite';
import { Checksum } from './checksum.js';
import type { Progress } from './log-copy.js';
import { MoveRefused } from './move-refused.js';

/** The sealed stores of a directory: files that nothing else has open. */
export type SealedFiles = { readonly secrets: string; readonly credentials: string };

/** How many values were copied, and a checksum of all of them, in hexadecimal. */
export const SealedCopy = z.object({ values: z.int(), sha256: z.string() });
export type SealedCopy = z.output<typeof SealedCopy>;

/** Copies the sealed stores as they are, reads both copies again, and compares them. @throws {MoveRefused} */
export const copyToDatabase = async (files: SealedFiles, mongo: Mongo, progress: Progress): Promise<SealedCopy> => {
  const copied = sums(progress, 'copied');
  await secretsToDatabase(mongo, copied.secrets.of(secretsInFile(files.secrets)));
  await keysToDatabase(mongo, copied.keys.of(keysInFile(files.credentials)));
  const compared = sums(progress, 'compared');
  await toTheEnd(compared.secrets.ofAll(secretsInDatabase(mongo)));
  await toTheEnd(compared.keys.ofAll(keysInDatabase(mongo)));
  return same(copied, compared);
};

/** The same in the other direction, into files that do not exist. @throws {MoveRefused} */
export const copyToFiles = async (mongo: Mongo, files: SealedFiles, progress: Progress): Promise<SealedCopy> => {
  await (await openMongoCredentials(mongo)).close(); // brings what is read up to date
  const copied = sums(progress, 'copied');
  await secretsToFile(files.secrets, copied.secrets.ofAll(secretsInDatabase(mongo)));
  await keysToFile(files.credentials, copied.keys.ofAll(keysInDatabase(mongo)));
  const compared = sums(progress, 'compared');
  await toTheEnd(compared.secrets.of(secretsInFile(files.secrets)));
  await toTheEnd(compared.keys.of(keysInFile(files.credentials)));
  return same(copied, compared);
};

const toTheEnd = async (values: Iterable<object> | AsyncIterable<object>): Promise<void> => {
  for await (const _value of values) continue;
};

const sums = (progress: Progress, how: string) => ({
  secrets: new Checksum(progress, `secrets ${how}`),
  keys: new Checksum(progress, `keys of sessions ${how}`),
});

const same = (copied: ReturnType<typeof sums>, compared: ReturnType<typeof sums>): SealedCopy => {
  for (const what of ['secrets', 'keys'] as const) {
    const [one, other] = [copied[what].result, compared[what].result];
    if (one.values !== other.values || one.sum !== other.sum)
      throw new MoveRefused(`The copy of the ${what} differs from what was read. Nothing has changed: try again`);
  }
  const [secrets, keys] = [copied.secrets.result, copied.keys.result];
  const sha256 = createHash('sha256').update(`${secrets.sum} ${keys.sum}`).digest('hex');
  return { values: secrets.values + keys.values, sha256 };
};
