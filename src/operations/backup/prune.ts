import type { BackupPlace } from '#lib/backup-places';
import { describedIn, namesOf, type Description } from './description.js';
import { expired, type Keep } from './retention.rules.js';

/** Removes the backups that are no longer kept; answers them. One that is being removed is no backup any more. @throws {BackupPlaceUnavailable} */
export const prune = async (place: BackupPlace, keep: Keep, now: Date): Promise<readonly Description[]> => {
  await place.clean();
  const removed = expired(await describedIn(place), keep, now);
  for (const { id, takenAt, archive } of removed) {
    await place.remove(namesOf(id, takenAt).description);
    await place.remove(archive);
  }
  return removed;
};
