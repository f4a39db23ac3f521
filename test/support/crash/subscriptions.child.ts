import { join } from 'node:path';
import { saga, type Command } from '#lib/event-sourcing';
import { RevisionConflict } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { reactor, viewKeeper } from '#lib/subscriptions';
import {
  bump,
  bumped,
  counterCodec,
  counterEvents,
  counters,
  countersProjection,
  type CounterEvent,
} from '../counters.js';
import { quiet } from '../stores.js';

/*
 * Bumps counters as fast as it can, keeps their view, and lets a saga echo every bump of a counter once into `echo-<counter>-<n>`,
 * until it is killed. Prints `<counter> <position>` for each bump that the store has acknowledged.
 */

type Echo = Command<'Echo', { readonly stream: string }>;

const directory = process.argv[2] ?? '';
const retry = { maxAttempts: 3, firstWaitMs: 1, maxWaitMs: 10 };

const run = async (): Promise<void> => {
  const store = await openSqliteEventStore({ file: join(directory, 'events.db') });
  const models = await openSqliteReadModels({ file: join(directory, 'views.db') });
  await models.prepare([counters]);
  const context = { store, models, codec: counterCodec, log: quiet, retry };

  const echoes = saga<CounterEvent, Echo>({
    name: 'echoes',
    from: [counterEvents],
    on: { CounterBumped: ({ stream, revision }) => [{ type: 'Echo', data: { stream: `echo-${stream}-${revision}` } }] },
  });
  const echo = async ({ data: { stream } }: Echo): Promise<void> => {
    try {
      await store.append({ stream, expected: 'no_stream', events: [{ ...bumped('echo', 0), type: 'Echoed' }] });
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error; // else echoed before the crash
    }
  };
  viewKeeper(countersProjection, context).start();
  reactor(echoes, context, (command) => echo(command as Echo)).start();

  const write = async (counterId: string): Promise<never> => {
    for (;;) process.stdout.write(`${counterId} ${await bump(store, counterId, 1)}\n`);
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => write(`c${index}`)));
};

await run();
