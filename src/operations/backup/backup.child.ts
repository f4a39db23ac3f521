import type { BackupOutcome, BackupWork } from './child-work.js';
import { describedIn } from './description.js';
import { drill } from './drill.js';
import { makeBackup } from './make-backup.js';
import { openPlace } from './open-place.js';
import { prune } from './prune.js';
import { backupSettingsOf } from './settings.js';

/* Backups are made in a process of their own, which ends when the service does. */

const done = async (work: BackupWork): Promise<BackupOutcome> => {
  const { config } = work;
  const settings = backupSettingsOf(config);
  if (!settings) throw new Error('No backups are configured');
  const place = await openPlace(settings.to, config);
  if (work.what === 'drill') return { drilled: await drill({ config, settings, place, log: work.log }) };
  if (work.what === 'look') return { removed: 0, left: await describedIn(place) };
  if (work.what === 'make')
    return { made: await makeBackup({ id: work.id, config, settings, place, sagas: work.sagas }) };
  const { removed, left } = await prune(place, { keep: settings.keep, log: work.log, now: new Date() });
  return { removed: removed.length, left };
};

process.umask(0o077);
// Ctrl-C reaches both processes: this one ends when the service disconnects.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.once('disconnect', () => process.exit(1));
if (!process.connected) process.exit(1); // it ended before this process listened
process.once('message', (work: BackupWork) => {
  void done(work)
    .catch((error: unknown): BackupOutcome => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((outcome) => process.send?.(outcome, () => process.exit(0)));
});
