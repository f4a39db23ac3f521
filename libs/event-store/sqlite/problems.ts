import { AlreadyOwned, diskProblem, isDamage } from '#lib/sqlite';
import { ThreadEnded } from '#lib/threads';
import { StoreUnavailable } from '../errors.js';

/** The typed error for what a database, its thread or its file reported; anything else stays as it is. */
export const storeError = (error: unknown): unknown => {
  const detail = `The event store: ${messageOf(error)}`;
  if (error instanceof AlreadyOwned) return new StoreUnavailable('owned', detail, { cause: error });
  if (isDamage(error)) return new StoreUnavailable('corrupt', detail, { cause: error });
  const reason = error instanceof ThreadEnded ? 'io' : diskProblem(error);
  return reason ? new StoreUnavailable(reason, detail, { cause: error }) : error;
};

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/** What lies in the file cannot be what was written there. The code is SQLite's own for that, so that threads pass it on. */
export class DamagedLog extends Error {
  override readonly name = 'DamagedLog';
  readonly code = 'SQLITE_CORRUPT';
}

/** Runs something on the database and translates what it throws. */
export const translated = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
};

/** The error of everything that is asked of a store that is closed. */
export const closedError = (): StoreUnavailable => new StoreUnavailable('closed', 'The event store is closed');
