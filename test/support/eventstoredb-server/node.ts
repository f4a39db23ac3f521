import type { Access } from './access.js';
import type { Faults } from './faults.js';
import type { TransactionLog } from './log.js';

/** What the services of one node share. */
export type Node = {
  readonly log: TransactionLog;
  readonly faults: Faults;
  readonly access: Access;
  readonly maxAppendBytes: number;
  /** How many events clients have been sent, in answers to reads and in subscriptions. */
  readonly sent: { events: number };
  /** How many requests have read streams or the whole log, without the subscriptions. */
  readonly served: { reads: number };
};
