import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../../support/eventually.js';
import { killsOf } from '../../support/kills.js';
import { withProgress, type Place } from '../../support/saga-progress/place.js';
import { expectedAt } from '../../support/saga-progress/rounds.js';

const kills = killsOf(5);

/** Runs a process that records on a place, and kills it some records later. Answers the last checkpoint that was recorded. */
const recordAndKill = async (place: Place, records: number): Promise<number> => {
  const child = spawn(process.execPath, ['dist/test/support/saga-progress/recorder.child.js', ...place.arguments], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const lines = () => printed.split('\n').slice(0, -1);
  await eventually(() => lines().length > records || child.exitCode !== null, 30_000);
  if (child.exitCode !== null) throw new Error('The child ended by itself');
  child.kill('SIGKILL');
  await closed;
  return Math.max(...lines().map(Number));
};

export const crashCases = (newPlace: () => Promise<Place>): void => {
  it(`loses nothing that was recorded, and tears no record, over ${kills} kills`, async () => {
    const place = await newPlace();
    let before = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const recorded = await recordAndKill(place, (kill % 5) * 14);
      expect(recorded).toBeGreaterThan(before);
      const stored = await withProgress(place, (progress) => progress.load('victim'));
      const checkpoint = stored.checkpoint ?? 0;
      expect(checkpoint).toBeGreaterThanOrEqual(recorded);
      expect(stored).toEqual(expectedAt(checkpoint));
      before = checkpoint;
    }
    await place.remove();
  }, 120_000);
};
