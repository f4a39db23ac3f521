import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SagaProgress } from '#lib/saga-progress';
import { openPlace } from './open-place.js';
import { parkedAt } from '../parked.js';

/*
 * A process under a limit on the size of its files: parks events until that fails, prints how, waits for a line that says that the limit was
 * lifted, and parks the same event again. Each line it prints is JSON.
 */

const saga = 'filler';

const park = (progress: SagaProgress, position: number): Promise<void> =>
  progress.record({ saga, checkpoint: position, park: [parkedAt(position, { error: 'x'.repeat(200_000) })] });

const parkUntilFull = async (progress: SagaProgress): Promise<readonly [number, unknown]> => {
  for (let position = 1; ; position += 1) {
    try {
      await park(progress, position);
    } catch (error) {
      return [position, error];
    }
  }
};

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'reason' in error ? `${error.name}: ${String(error.reason)}` : String(error);

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const run = async (): Promise<void> => {
  const lines = createInterface({ input: process.stdin });
  const progress = await openPlace(process.argv.slice(2));
  const [failed, error] = await parkUntilFull(progress);
  say({ failed, error: reasonOf(error), checkpoint: (await progress.load(saga)).checkpoint });
  await once(lines, 'line');
  await progress.ready();
  await park(progress, failed);
  say({ checkpoint: (await progress.load(saga)).checkpoint });
  await progress.close();
  lines.close();
};

await run();
