import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { tallyBatch, tallies } from './tallies.js';

/** A process that goes on applying increments from where the views stand, and is killed at any moment. Says a line for each batch. */
const run = async (file: string): Promise<void> => {
  const views = await openSqliteReadModels({ file });
  await views.prepare([tallies]);
  const { checkpoint } = await views.progress(tallies.name);
  const underWay: Promise<void>[] = [];
  for (let from = checkpoint; ; from += 20) {
    // Each batch repeats the end of the one before: after a crash, too, no increment may count twice.
    underWay.push(views.apply(tallyBatch(Math.max(0, from - 5), from + 20)));
    if (underWay.length < 4) continue;
    await underWay.shift();
    process.stdout.write('applied\n');
  }
};

void run(process.argv[2] ?? '');
