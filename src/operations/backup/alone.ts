import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AlreadyOwned, own } from '#lib/sqlite';
import { BackupRefused } from './backup-format.js';

/**
 * Does what one process at a time may do in a directory, which is made where there is none, under a lock of that name, which ends with the process.
 * @throws {BackupRefused} `refusal`: another one does it.
 */
export const alone = async <Result>(
  directory: string,
  name: string,
  refusal: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const release = ownOr(refusal, join(directory, name));
  try {
    return await work();
  } finally {
    release();
  }
};

const ownOr = (refusal: string, file: string): (() => void) => {
  try {
    return own(file);
  } catch (error) {
    if (error instanceof AlreadyOwned) throw new BackupRefused(refusal, { cause: error });
    throw error;
  }
};
