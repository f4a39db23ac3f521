import { saga, type AnyCommand, type Command, type Recorded, type Saga } from '#lib/event-sourcing';
import { RevisionConflict } from '#lib/event-store';
import { reactor, sharedReading, viewSubscription } from '#lib/subscriptions';
import {
  bump,
  bumped,
  counterCodec,
  counterEvents,
  counters,
  countersProjection,
  type CounterEvent,
} from '../counters.js';
import { openStoresIn, quiet } from '../stores.js';

/*
 * Bumps counters as fast as it can, keeps their view, and lets two sagas echo every bump of a counter once, into `echo-<counter>-<n>` (from
 * the beginning of the log) and `late-<counter>-<n>` (from now), until it is killed.
 * Prints `bumped <counter> <position>` for each bump that the store has acknowledged, and `again <position>` for each one that was echoed
 * before.
 */

type Echo = Command<'Echo', { readonly stream: string }>;

const retry = { maxAttempts: 3, firstWaitMs: 1, maxWaitMs: 10 };

const echoing = (name: string, startFrom: Saga['startFrom'], category: string): Saga =>
  saga<CounterEvent, Echo>({
    name,
    startFrom,
    from: [counterEvents],
    on: {
      CounterBumped: ({ stream, revision }) => [
        { type: 'Echo', data: { stream: `${category}-${stream}-${revision}` } },
      ],
    },
  });

const run = async (directory: string): Promise<void> => {
  const { store, models, sagaProgress } = await openStoresIn(directory);
  await models.prepare([counters]);
  const reading = sharedReading({ store, codec: counterCodec });
  const context = { store, models, sagaProgress, codec: counterCodec, reading, log: quiet, retry };

  const echo = async ({ data: { stream } }: Echo, { position }: Recorded): Promise<void> => {
    try {
      await store.append({ stream, expected: 'no_stream', events: [{ ...bumped('echo', 0), type: 'Echoed' }] });
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      process.stdout.write(`again ${position}\n`); // echoed before the crash
    }
  };
  const dispatch = (command: AnyCommand, because: Recorded) => echo(command as Echo, because);
  void viewSubscription(countersProjection, context).start();
  await reactor(echoing('echoes', 'beginning', 'echo'), context, dispatch).start();
  await reactor(echoing('late-echoes', 'now', 'late'), context, dispatch).start();

  const write = async (counterId: string): Promise<never> => {
    for (;;) process.stdout.write(`bumped ${counterId} ${await bump(store, counterId, 1)}\n`);
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => write(`c${index}`)));
};

await run(process.argv[2] ?? '');
