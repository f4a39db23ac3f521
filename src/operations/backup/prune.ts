import type { BackupPlace } from '#lib/backup-places';
import type { Description } from './description.contract.js';
import { describedIn, namesOf, undescribed } from './description.js';
import { expired, type Keep } from './retention.rules.js';

const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** `log`: of the one whose backups may be removed. Two installations may share a place. */
type Pruning = { readonly keep: Keep; readonly log: string | undefined; readonly now: Date };

/** Those that were removed, and those that are there now, of any log. */
type Pruned = { readonly removed: readonly Description[]; readonly left: readonly Description[] };

/**
 * Removes the backups of a log that are no longer kept, and what was left of any that was never completed. One that is being removed is no
 * backup any more. @throws {BackupPlaceUnavailable}
 */
export const prune = async (place: BackupPlace, { keep, log, now }: Pruning): Promise<Pruned> => {
  await place.clean();
  const all = await describedIn(place);
  const own = all.filter((one) => one.log === undefined || one.log === log);
  const removed = expired(own, keep, now);
  for (const { id, takenAt, archive } of removed) {
    await place.remove(namesOf(id, takenAt).description);
    await place.remove(archive);
  }
  for (const { name, takenAt } of undescribed(await place.list()))
    if (now.getTime() - takenAt.getTime() > abandonedAfterMs) await place.remove(name);
  return { removed, left: all.filter((one) => !removed.includes(one)) };
};
