import type { ArrivalJournal } from './arrival-journal.js';
import type { ReportedGroups } from './groups/known-groups.js';
import type { BaileysOptions, Timing } from './options.js';
import type { ReadRanges } from './read-ranges.js';
import type { SocketCaches } from './socket.js';

/** What a connection of a session is made of. */
export type ConnectionParts = {
  readonly sessionId: string;
  readonly options: BaileysOptions;
  readonly timing: Timing;
  readonly caches: SocketCaches;
  readonly journal: ArrivalJournal;
  readonly reportedGroups: ReportedGroups;
  readonly readRanges: ReadRanges;
  /** Neither record nor confirm what arrives: the connection is only made to unlink the session. */
  readonly confirmsNothing?: boolean;
  /** Called before the end is reported. The promise resolves when the socket is closed. */
  readonly onEnd: (socketClosed: Promise<void>) => void;
};
