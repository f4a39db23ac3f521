import { AlreadyOwned, diskProblem, isDamage } from '#lib/sqlite';
import { ThreadEnded } from '#lib/threads';
import { StoreUnavailable } from '../errors.js';

/** The port's error for an error of the database, its thread or its file; any other error is returned unchanged. */
export const storeError = (error: unknown): unknown => {
  const detail = `The event store: ${messageOf(error)}`;
  if (error instanceof AlreadyOwned) return new StoreUnavailable('owned', detail, { cause: error });
  if (isDamage(error)) return new StoreUnavailable('corrupt', detail, { cause: error });
  const reason = error instanceof ThreadEnded ? 'io' : diskProblem(error);
  return reason ? new StoreUnavailable(reason, detail, { cause: error }) : error;
};

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/** The content of the file is damaged. Has SQLite's code for that, so that it is recognized across threads. */
export class DamagedLog extends Error {
  override readonly name = 'DamagedLog';
  readonly code = 'SQLITE_CORRUPT';
}

/** Runs work on the database and translates its errors. */
export const translated = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
};

/** The error of every call to a closed store. */
export const closedError = (): StoreUnavailable => new StoreUnavailable('closed', 'The event store is closed');
