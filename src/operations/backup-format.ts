import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { OperatorError } from '#lib/operator-error';
import { dataFiles } from '../platform/data-files.js';

/**
 * What a backup holds, in the order in which it is copied while the service runs. Sagas may be behind the log, since they act again on what
 * they have acted on, and never ahead of it. Messages that arrived are removed from the credentials once they are in the log. Secrets are
 * stored before the log refers to them. The views are made again from the log.
 */
const filesInOrder = [dataFiles.sagas, dataFiles.credentials, dataFiles.events, dataFiles.secrets] as const;

/** Where stores are: in files, or on servers, which have their own backups. */
export type StorePlaces = { readonly log: 'file' | 'server'; readonly others: 'file' | 'server' };

/** The files of a backup, in the order in which they are copied. */
export const filesWith = ({ log, others }: StorePlaces): readonly string[] =>
  filesInOrder.filter((file) => (file === dataFiles.events ? log : others) === 'file');

const Manifest = z.object({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  /** SHA-256 by the name of the file, in hexadecimal. */
  files: z.object({
    /** Not there if the log was on a server. */
    [dataFiles.events]: z.string().optional(),
    /** Not there if a database had them. */
    [dataFiles.sagas]: z.string().optional(),
    [dataFiles.credentials]: z.string().optional(),
    [dataFiles.secrets]: z.string().optional(),
  }),
});
type Manifest = z.output<typeof Manifest>;

const manifestFile = 'backup.json';

/** The backup cannot be made or used as asked; the message says why and what to do. */
export class BackupRefused extends OperatorError {
  override readonly name = 'BackupRefused';
}

/** Describes the files of a directory beside them. */
export const writeManifest = async (directory: string, places: StorePlaces, createdAt: string): Promise<void> => {
  const sums = await Promise.all(filesWith(places).map(async (file) => [file, await sha256(join(directory, file))]));
  const manifest = { format: 1, createdAt, files: Object.fromEntries(sums) as Manifest['files'] } satisfies Manifest;
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
};

/** Makes sure that the files of a backup are all there and as they were written. @throws {BackupRefused} */
export const readManifest = async (
  directory: string,
): Promise<{ readonly createdAt: string; readonly places: StorePlaces }> => {
  const { createdAt, files } = await manifestIn(directory);
  const placeOf = (file: keyof typeof files) => (files[file] === undefined ? 'server' : 'file');
  const places = { log: placeOf(dataFiles.events), others: placeOf(dataFiles.sagas) } as const;
  const sums: Readonly<Record<string, string | undefined>> = files;
  for (const file of filesWith(places)) {
    const sum = await sha256(join(directory, file)).catch(() => undefined);
    if (sum === undefined) throw new BackupRefused(`${directory} is not complete: ${file} cannot be read`);
    if (sum !== sums[file]) throw new BackupRefused(`${join(directory, file)} was changed since the backup`);
  }
  return { createdAt, places };
};

const manifestIn = async (directory: string): Promise<Manifest> => {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(directory, manifestFile), 'utf8')));
  } catch (error) {
    throw new BackupRefused(`${directory} is not a backup of Waybill`, { cause: error });
  }
};

const sha256 = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};
