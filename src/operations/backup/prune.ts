import type { BackupPlace } from '#lib/backup-places';
import { describedIn, namesOf, undescribed, type Description } from './description.js';
import { expired, type Keep } from './retention.rules.js';

const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** `log`: of the one whose backups may be removed. Two installations may share a place. */
type Pruning = { readonly keep: Keep; readonly log: string | undefined; readonly now: Date };

/**
 * Removes the backups of a log that are no longer kept, and what was left of any that was never completed; answers the former. One that is
 * being removed is no backup any more. @throws {BackupPlaceUnavailable}
 */
export const prune = async (place: BackupPlace, { keep, log, now }: Pruning): Promise<readonly Description[]> => {
  await place.clean();
  const own = (await describedIn(place)).filter((one) => one.log === undefined || one.log === log);
  const removed = expired(own, keep, now);
  for (const { id, takenAt, archive } of removed) {
    await place.remove(namesOf(id, takenAt).description);
    await place.remove(archive);
  }
  for (const { name, takenAt } of undescribed(await place.list()))
    if (now.getTime() - takenAt.getTime() > abandonedAfterMs) await place.remove(name);
  return removed;
};
