import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '#lib/operator-error';
import { masterKeyFile } from '#lib/vault';

/** The data directory cannot be used as it is; the message says why. */
class DataDirectoryUnusable extends OperatorError {
  override readonly name = 'DataDirectoryUnusable';
}

const forOthers = 0o077;

/**
 * Makes the data directory where there is none, and closes it and the files in it to everybody but their owner. From then on, this process
 * makes files that only the owner can read. Answers what was open to others before.
 * @throws {DataDirectoryUnusable}
 */
export const prepareDataDirectory = async (directory: string): Promise<readonly string[]> => {
  process.umask(forOthers);
  try {
    await mkdir(directory, { recursive: true });
    const closed: string[] = [];
    const close = async (path: string, mode: number): Promise<void> => {
      if (!(await isOpenToOthers(path))) return;
      await chmod(path, mode);
      closed.push(path);
    };
    await close(directory, 0o700);
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const mustBeNoticed = entry.name === masterKeyFile; // others may have read the key: its file is refused
      if (entry.isFile() && !mustBeNoticed) await close(join(directory, entry.name), 0o600);
    }
    return closed;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new DataDirectoryUnusable(`WAYBILL_DATA_DIR cannot be used: ${cause}`, { cause: error });
  }
};

/** A file that is gone meanwhile, such as a journal, is open to nobody. */
const isOpenToOthers = async (path: string): Promise<boolean> => {
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return status !== undefined && (status.mode & forOthers) !== 0;
};
