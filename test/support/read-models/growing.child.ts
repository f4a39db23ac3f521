import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { ReadModels } from '#lib/read-models';
import { tallies, tallyBatch } from './tallies.js';

/**
 * A process with a limit on the size of its files: it applies batches until one fails, reports that, waits for a line that says that the
 * limit was lifted, and applies the same batch again. It prints lines of JSON.
 */
const run = async (file: string): Promise<void> => {
  const lines = createInterface({ input: process.stdin });
  const views = await openSqliteReadModels({ file });
  await views.prepare([tallies]);
  await views.ready();
  const [failed, error] = await fill(views);
  const { checkpoint } = await views.progress(tallies.name);
  say({
    event: 'full',
    failed,
    checkpoint,
    error: reasonOf(error),
    ready: await views.ready().then(() => 'ready', reasonOf),
  });
  await once(lines, 'line');
  await views.ready();
  await views.apply(tallyBatch(failed, failed + 10));
  await views.close();
  say({ event: 'recovered', checkpoint: failed + 10 });
  lines.close();
};

const fill = async (views: ReadModels): Promise<readonly [number, unknown]> => {
  const filler = 'x'.repeat(40_000);
  for (let from = 0; ; from += 10) {
    try {
      await views.apply(tallyBatch(from, from + 10, `${filler} ${from}`));
    } catch (error) {
      return [from, error];
    }
  }
};

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'reason' in error ? `${error.name}: ${String(error.reason)}` : String(error);

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

void run(process.argv[2] ?? '');
