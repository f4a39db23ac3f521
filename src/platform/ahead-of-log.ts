import { OperatorError } from '#lib/operator-error';
import { logPlaces, sagaPlaces, viewPlaces } from './data-files.js';
import type { Stores } from './stores.js';

/** A store was made from a longer log than the one beside it. */
class AheadOfLog extends OperatorError {
  override readonly name = 'AheadOfLog';
}

/**
 * Makes sure that no view and no saga has handled more than there is: it would leave out what is appended next. That is so where an old log
 * was put beside newer stores.
 * @throws {AheadOfLog}
 */
export const assertNotAhead = async (
  { events, models, sagaProgress }: Stores,
  names: { readonly views: readonly string[]; readonly sagas: readonly string[] },
): Promise<void> => {
  const head = await events.head();
  const views = await Promise.all(names.views.map(async (name) => (await models.progress(name)).checkpoint));
  const sagas = await Promise.all(names.sagas.map(async (name) => (await sagaProgress.load(name)).checkpoint ?? 0));
  if (Math.max(0, ...sagas) > head) {
    throw new AheadOfLog(
      `The log (${logPlaces}) ends at ${head}, but the sagas (${sagaPlaces}) have handled it up to ${Math.max(...sagas)}: the log is not the newest. ` +
        'Put the newest one back, or restore a whole backup',
    );
  }
  if (Math.max(0, ...views) > head) {
    throw new AheadOfLog(
      `The log (${logPlaces}) ends at ${head}, but the views (${viewPlaces}) have handled it up to ${Math.max(...views)}: the log is not the newest. ` +
        'Put the newest one back; or delete the views, which are made again from the log',
    );
  }
};
