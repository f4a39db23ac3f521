import { OperatorError } from '#lib/operator-error';
import type { SagaProgress } from '#lib/saga-progress';
import { sagaPlaces } from './data-files.js';
import type { Stores } from './stores.js';

/** The sagas' progress counts in the positions of another copy of the log than the one that is there. */
class OtherPlace extends OperatorError {
  override readonly name = 'OtherPlace';
}

/** Where the log is. A file and a server give the same event different positions. */
export type LogPlace = 'file' | 'server';

/** Kept as the progress of a saga that never acts, so that it cannot part from that of the others. */
const note = '$log-on-server';

/** Where the log is that this progress counts in. Undefined if no saga has handled anything yet. */
export const placeOf = async (progress: SagaProgress, sagas: readonly string[]): Promise<LogPlace | undefined> => {
  if ((await progress.load(note)).checkpoint !== undefined) return 'server';
  const checkpoints = await Promise.all(sagas.map(async (name) => (await progress.load(name)).checkpoint));
  return checkpoints.some((checkpoint) => checkpoint !== undefined) ? 'file' : undefined;
};

/** Notes that this progress counts in the positions of a server. */
export const noteServer = (progress: SagaProgress): Promise<void> => progress.record({ saga: note, checkpoint: 1 });

/**
 * Makes sure that the sagas' progress counts in the positions of this log: with that of another copy, they would leave out events or act
 * again. A progress that is new is noted to be of this one.
 * @throws {OtherPlace}
 */
export const assertSamePlace = async ({ events, sagaProgress }: Stores, sagas: readonly string[]): Promise<void> => {
  const is: LogPlace = events.capabilities.gapless ? 'file' : 'server';
  const was = await placeOf(sagaProgress, sagas);
  if (was === undefined && is === 'server') await noteServer(sagaProgress);
  if (was === undefined || was === is) return;
  throw new OtherPlace(
    was === 'server'
      ? `The log of this directory is on a server (the sagas’ progress says so: ${sagaPlaces}): set EVENTSTORE_URL, or move the log back with npm run migrate-stores`
      : `The log of this directory is a file (the sagas’ progress says so: ${sagaPlaces}): unset EVENTSTORE_URL, or move the log to the server with npm run migrate-stores`,
  );
};
