import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { tallyBatch, tallies } from './tallies.js';

/** A process that applies increments from the checkpoint on until it is killed. Prints a line for each batch. */
const run = async (file: string): Promise<void> => {
  const views = await openSqliteReadModels({ file });
  await views.prepare([tallies]);
  const { checkpoint } = await views.progress(tallies.name);
  const underWay: Promise<void>[] = [];
  for (let from = checkpoint; ; from += 20) {
    // Each batch repeats the end of the previous one: no increment must count twice, also after a crash.
    underWay.push(views.apply(tallyBatch(Math.max(0, from - 5), from + 20)));
    if (underWay.length < 4) continue;
    await underWay.shift();
    process.stdout.write('applied\n');
  }
};

void run(process.argv[2] ?? '');
