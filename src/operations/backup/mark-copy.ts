import { eventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import { commandHandler } from '../../platform/bus/command-handler.js';
import { CommandContext } from '../../platform/command-context.js';
import { markRestored } from '../../platform/restoration/mark-restored.js';
import type { RestoredFrom } from '../../platform/restoration/restoration.contract.js';
import { CachedStreams } from '../../platform/streams/cached-streams.js';
import type { BackupCommand } from './backup.commands.js';
import { backupsDecider } from './backup.decider.js';
import type { Description } from './description.contract.js';

/**
 * Records in a log that was put back that it is a copy, and that no backup is being made there: the one that it comes from had begun when it was copied.
 * `described`: that one. Once, however often it is called with the same. @throws {StoreUnavailable}
 */
export const markCopy = async (
  events: EventStore,
  restored: RestoredFrom,
  described: Description | undefined,
): Promise<void> => {
  await markRestored(events, restored);
  const streams = new CachedStreams(backupsDecider, events, eventCodec([backupsDecider.events]));
  const data = { from: described ? madeOf(described) : null, at: restored.restoredAt };
  const command: BackupCommand = { type: 'EndBackupInCopy', data };
  await commandHandler(backupsDecider, streams)(command, CommandContext.new({ kind: 'system', id: 'operator' }));
};

const madeOf = ({ format: _format, id: backupId, ...made }: Description) => ({ backupId, made });
