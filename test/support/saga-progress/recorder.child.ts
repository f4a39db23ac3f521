import { openPlace } from './open-place.js';
import { recordAt } from './rounds.js';

/*
 * Records the progress of a saga from where it stands, several records at a time and each one twice, until it is killed. Prints every
 * checkpoint that was recorded.
 */

const saga = 'victim';

const run = async (): Promise<never> => {
  const progress = await openPlace(process.argv.slice(2));
  const underWay: Promise<unknown>[] = [];
  for (let next = ((await progress.load(saga)).checkpoint ?? 0) + 1; ; next += 1) {
    const recorded = progress.record(recordAt(saga, next)).then(() => process.stdout.write(`${next}\n`));
    underWay.push(Promise.all([recorded, progress.record(recordAt(saga, Math.max(1, next - 1)))]));
    if (underWay.length >= 4) await underWay.shift();
  }
};

await run();
