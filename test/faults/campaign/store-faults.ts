import { setTimeout as delay } from 'node:timers/promises';
import { rpcErrors } from '../../support/eventstoredb-server/index.js';
import type { Random } from './random.js';
import type { Stores } from './stores.js';

type StoreFault = (stores: Stores, random: Random) => Promise<string>;

/** Longer than clients wait for a server before they say that it is away. */
const longestAwayMs = 12_000;
const longestAnswerMs = 8_000;

const reads = ['find', 'aggregate', 'getMore'] as const;
const writes = ['insert', 'update', 'delete', 'commitTransaction'] as const;

/** Faults of the servers that keep the log and all else: one at a time. */
export const storeFaults = {
  'database-away': async (stores, random) => {
    const awayMs = random.between(0, longestAwayMs);
    await stores.withoutDatabase(() => delay(awayMs));
    return `the database was away for ${Math.round(awayMs)} ms`;
  },
  'database-drops': async ({ database }) => {
    database.dropConnections();
    return 'the database closed its connections';
  },
  'database-slow': async ({ database }, random) => {
    const command = random.pick([...reads, ...writes]);
    const heldMs = random.between(500, longestAnswerMs);
    const release = database.faults.hold(command, 3);
    await delay(heldMs);
    release();
    database.faults.clear();
    return `the database held ${command} for ${Math.round(heldMs)} ms`;
  },
  'database-loses': async ({ database }, random) => {
    const command = random.pick(writes);
    database.faults.loseAnswer(command, random.integer(1, 3));
    return `the database did ${command}, and its answer was lost`;
  },
  'database-leader': async ({ database }, random) => {
    const command = random.pick(['find', 'insert', 'update'] as const);
    database.faults.stepDown(command, random.integer(1, 3));
    return `the database was no leader at ${command}`;
  },
  'log-away': async (stores, random) => {
    const awayMs = random.between(0, longestAwayMs);
    await stores.withoutLog(() => delay(awayMs));
    return `the log was away for ${Math.round(awayMs)} ms`;
  },
  'log-busy': async ({ log }, random) => {
    const error = random.pick([rpcErrors.serverBusy, rpcErrors.serverNotReady, rpcErrors.timedOut])();
    log.faults.next(random.pick(['append', 'read', 'subscribe']), { kind: 'refused', error }, random.integer(1, 3));
    return `the log answered "${error.message}"`;
  },
  'log-loses': async ({ log }, random) => {
    const how = random.pick(['silence', 'closed'] as const);
    log.faults.next('append', { kind: 'answer_lost', how });
    return `the log took an append, and its answer was lost (${how})`;
  },
  'log-slow': async ({ log }, random) => {
    const afterMs = random.between(500, longestAnswerMs);
    log.faults.next(random.pick(['append', 'read']), { kind: 'late', afterMs }, 2);
    return `the log answered after ${Math.round(afterMs)} ms`;
  },
  'log-cuts': async ({ log }, random) => {
    log.faults.next(random.pick(['read', 'subscribe']), { kind: 'cut', afterEvents: random.integer(0, 5) });
    return 'the log cut off an answer';
  },
} as const satisfies { readonly [kind: string]: StoreFault };
