import type { BackupPlace } from '#lib/backup-places';
import { describedIn, namesOf, undescribed, type Description } from './description.js';
import { expired, type Keep } from './retention.rules.js';

const abandonedAfterMs = 24 * 60 * 60 * 1000;

/**
 * Removes the backups that are no longer kept, and what was left of those that were never completed; answers the former. One that is being
 * removed is no backup any more. @throws {BackupPlaceUnavailable}
 */
export const prune = async (place: BackupPlace, keep: Keep, now: Date): Promise<readonly Description[]> => {
  await place.clean();
  const removed = expired(await describedIn(place), keep, now);
  for (const { id, takenAt, archive } of removed) {
    await place.remove(namesOf(id, takenAt).description);
    await place.remove(archive);
  }
  for (const { name, takenAt } of undescribed(await place.list()))
    if (now.getTime() - takenAt.getTime() > abandonedAfterMs) await place.remove(name);
  return removed;
};
