import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#config';
import { OperatorError } from '#lib/operator-error';
import { dataFiles } from './data-files.js';

/** Stores lie elsewhere than the configuration says. */
class StoresElsewhere extends OperatorError {
  override readonly name = 'StoresElsewhere';
}

/** The stores that are files of the data directory, or in the database of MONGODB_URI. Views are not among them: they are made again. */
const movable = [dataFiles.sagas, dataFiles.secrets, dataFiles.credentials] as const;

/** Beside stores that are being put back from a backup. */
export const unfinishedRestore = 'restore.unfinished';

/** A restore was ended in the middle: some stores may be missing, and the log does not say yet that it is a copy. */
class RestoreUnfinished extends OperatorError {
  override readonly name = 'RestoreUnfinished';
}

/** @throws {RestoreUnfinished} */
export const assertRestored = async (directory: string): Promise<void> => {
  if (await exists(join(directory, unfinishedRestore)))
    throw new RestoreUnfinished(
      `A restore into ${directory} was ended in the middle: run npm run restore again. To give it up, put back the old stores and remove ${join(directory, unfinishedRestore)}`,
    );
};

/** How a file is called whose content was moved to a server. */
export const movedName = (file: string): string => `${file}.moved`;

/**
 * Makes sure that the stores which a directory or a database keeps are where the configuration looks for them: it would begin new ones.
 * @throws {StoresElsewhere}
 */
export const assertStoresAreThere = async ({
  WAYBILL_DATA_DIR: directory,
  MONGODB_URI: uri,
}: Pick<Config, 'WAYBILL_DATA_DIR'> & Partial<Pick<Config, 'MONGODB_URI'>>): Promise<void> => {
  for (const file of movable) {
    const isHere = await exists(join(directory, file));
    if (uri !== undefined && isHere) {
      throw new StoresElsewhere(
        `${join(directory, file)} is a file, but MONGODB_URI is set: unset it, or move the stores with npm run migrate-stores -- server`,
      );
    }
    if (uri === undefined && !isHere && (await exists(join(directory, movedName(file))))) {
      throw new StoresElsewhere(
        `The content of ${join(directory, file)} was moved to a database: set MONGODB_URI, or move it back with npm run migrate-stores -- file`,
      );
    }
  }
};

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
