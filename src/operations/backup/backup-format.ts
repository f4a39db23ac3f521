import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OperatorError } from '#lib/operator-error';
import { dataFiles, mediaDirectory } from '../../platform/data-files.js';
import { checkMedia, isMediaPath, sha256Of } from './media-copy.js';

/**
 * What a backup holds, in the order in which it is copied while the service runs. Sagas may be behind the log, since they act again on what
 * they have acted on, and never ahead of it. Messages that arrived are removed from the credentials once they are in the log. Secrets are
 * stored before the log refers to them, and so are the users' files, which are copied last. The views are made again from the log.
 */
const filesInOrder = [
  dataFiles.sagas,
  dataFiles.credentials,
  dataFiles.events,
  dataFiles.secrets,
  dataFiles.requests,
] as const;

/** Where stores are: in files, or on servers, which have their own backups. */
export type StorePlaces = { readonly log: 'file' | 'server'; readonly others: 'file' | 'server' };

/** The files of a backup, in the order in which they are copied. */
export const filesWith = ({ log, others }: StorePlaces): readonly string[] =>
  filesInOrder.filter((file) => (file === dataFiles.events ? log : others) === 'file');

const Manifest = z.object({
  format: z.literal(1),
  /** Backups of older versions have none. */
  id: z.string().optional(),
  createdAt: z.iso.datetime(),
  /** SHA-256 by the name of the file, in hexadecimal. */
  files: z.object({
    /** Not there if the log was on a server. */
    [dataFiles.events]: z.string().optional(),
    /** Not there if a database had them. */
    [dataFiles.sagas]: z.string().optional(),
    [dataFiles.credentials]: z.string().optional(),
    [dataFiles.secrets]: z.string().optional(),
    /** How many requests users made. Backups of older versions have none. */
    [dataFiles.requests]: z.string().optional(),
  }),
  /** The users' files, each of which has its own hash for a name. */
  media: z.object({ files: z.int(), bytes: z.int() }),
});
type Manifest = z.output<typeof Manifest>;

/** Its name in a backup. */
export const manifestFile = 'backup.json';

/** Whether a file or directory of that path belongs into a backup. */
export const isOfBackup = (path: string): boolean => {
  const name = path.replace(/^\.\//, '').replace(/\/$/, '');
  return name === manifestFile || (filesInOrder as readonly string[]).includes(name) || isMediaPath(name);
};

/** The backup cannot be made or used as asked; the message says why and what to do. */
export class BackupRefused extends OperatorError {
  override readonly name = 'BackupRefused';
}

/** Describes the files of a directory beside them. */
export const writeManifest = async (
  directory: string,
  places: StorePlaces,
  { id, createdAt, media }: Pick<Manifest, 'id' | 'createdAt' | 'media'>,
): Promise<void> => {
  const sums = await Promise.all(filesWith(places).map(async (file) => [file, await sha256Of(join(directory, file))]));
  const files = Object.fromEntries(sums) as Manifest['files'];
  const manifest = { format: 1, id, createdAt, files, media } satisfies Manifest;
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
};

type Described = {
  readonly id: string;
  readonly createdAt: string;
  readonly places: StorePlaces;
  /** The names of the stores in it. */
  readonly stores: readonly string[];
};

/** Makes sure that the files of a backup are all there and as they were written. @throws {BackupRefused} */
export const readManifest = async (directory: string): Promise<Described> => {
  const { createdAt, id = createdAt, files, media } = await manifestIn(directory);
  const placeOf = (file: keyof typeof files) => (files[file] === undefined ? 'server' : 'file');
  const places = { log: placeOf(dataFiles.events), others: placeOf(dataFiles.sagas) } as const;
  const sums: Readonly<Record<string, string | undefined>> = files;
  const stores = filesWith(places).filter((file) => file !== dataFiles.requests || sums[file] !== undefined);
  for (const file of stores) {
    const sum = await sha256Of(join(directory, file)).catch(() => undefined);
    if (sum === undefined) throw new BackupRefused(`${directory} is not complete: ${file} cannot be read`);
    if (sum !== sums[file]) throw new BackupRefused(`${join(directory, file)} was changed since the backup`);
  }
  const found = await checkMedia(join(directory, mediaDirectory), (path) => {
    throw new BackupRefused(`${path} was changed since the backup`);
  });
  if (found.files !== media.files) {
    throw new BackupRefused(
      `${directory} is not complete: it has ${found.files} of ${media.files} files in ${mediaDirectory}`,
    );
  }
  return { id, createdAt, places, stores };
};

const manifestIn = async (directory: string): Promise<Manifest> => {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(directory, manifestFile), 'utf8')));
  } catch (error) {
    throw new BackupRefused(`${directory} is not a backup of Waybill`, { cause: error });
  }
};
