import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { openReader } from '#lib/sqlite';
import { eventually } from '../support/eventually.js';
import { withViews } from '../support/read-models/place.js';
import { sqlitePlace } from '../support/read-models/sqlite-place.js';
import { expectedTallies, tallies, tallyBatch } from '../support/read-models/tallies.js';

const child = (name: string): string => `${process.cwd()}/dist/test/support/read-models/${name}.js`;

/** What a process says, line by line. */
const linesOf = (process: ChildProcess): AsyncIterator<string> => {
  if (!process.stdout) throw new Error('The process has no output');
  return createInterface({ input: process.stdout })[Symbol.asyncIterator]();
};

describe('views in SQLite, when things go wrong', () => {
  const children: ChildProcess[] = [];
  let place: Awaited<ReturnType<typeof sqlitePlace>>;
  beforeEach(async () => {
    place = await sqlitePlace();
  });
  afterEach(async () => {
    for (const started of children.splice(0)) started.kill('SIGKILL');
    await place.remove();
  });

  const checkTallies = (): Promise<number> =>
    withViews(place, [tallies], async (views) => {
      const { checkpoint } = await views.progress(tallies.name);
      for (const [id, expected] of expectedTallies(checkpoint)) {
        expect(await views.get(tallies, id)).toMatchObject(expected);
      }
      const found = await views.find(tallies, { search: 'word', sort: { field: 'sum', order: 'asc' }, limit: 100 });
      expect(found.data).toHaveLength(Math.min(10, checkpoint));
      return checkpoint;
    });

  it('have counted every event once, after the process was killed twenty times', async () => {
    let before = 0;
    for (let kill = 0; kill < 20; kill += 1) {
      const victim = spawn(process.execPath, [child('increment.child'), place.file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(victim);
      const exited = once(victim, 'exit');
      const lines = linesOf(victim);
      for (let line = 0; line <= kill * 3; line += 1) expect(await lines.next()).toMatchObject({ value: 'applied' });
      victim.kill('SIGKILL');
      await exited;
      // The next process opens the views as well: looking at them here, too, every time would only take long.
      if (kill % 5 !== 4) continue;
      const checkpoint = await checkTallies();
      expect(checkpoint).toBeGreaterThan(before);
      before = checkpoint;
    }
    expect(before).toBeGreaterThan(1000);
  }, 60_000);

  it('refuse a batch whole when the disk is full, say so, and go on when there is room', async () => {
    const limited = `ulimit -S -f 6000 && exec "$0" "$@"`;
    const grower = spawn('sh', ['-c', limited, process.execPath, child('growing.child'), place.file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(grower);
    const exited = once(grower, 'exit');
    const lines = linesOf(grower);
    const next = async () => JSON.parse(String((await lines.next()).value)) as { [field: string]: unknown };
    const full = await next();
    expect(full).toMatchObject({ event: 'full', checkpoint: full.failed });
    expect(full.failed).toBeGreaterThan(0);
    expect(full.error).toMatch(/^ReadModelsUnavailable: (io|disk_full)$/);
    expect(full.ready).toMatch(/^ReadModelsUnavailable: (io|disk_full)$/);

    execFileSync('sh', ['-c', 'prlimit --fsize=unlimited --pid "$0"', String(grower.pid)]);
    grower.stdin.write('lifted\n');
    const recovered = await next();
    expect(recovered).toEqual({ event: 'recovered', checkpoint: Number(full.failed) + 10 });
    grower.stdin.end();
    expect(await exited).toEqual([0, null]);
    await withViews(place, [tallies], async (views) => {
      expect(await views.progress(tallies.name)).toEqual({ checkpoint: recovered.checkpoint, parked: [] });
      for (const [id, expected] of expectedTallies(Number(recovered.checkpoint))) {
        expect(await views.get(tallies, id)).toMatchObject(expected);
      }
    });
  }, 30_000);

  it('drop what a rebuild replaced, and what one that was broken off had made', async () => {
    const reader = await withViews(place, [tallies], async (views) => {
      await views.apply(tallyBatch(0, 10));
      await views.beginRebuild(tallies);
      await views.apply({ ...tallyBatch(0, 10), shadow: true });
      await views.finishRebuild(tallies);
      await views.beginRebuild(tallies);
      return openReader(place.file);
    });
    const tables = reader.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%-%'`).pluck();
    const underWay = new Set(tables.all().filter((name) => String(name).startsWith('rebuild-')));
    expect(underWay).toContain('rebuild-docs tallies');
    await withViews(place, [tallies], async (views) => {
      await eventually(() => tables.all().every((name) => String(name).startsWith('live-')));
      expect(await views.count(tallies)).toBe(10);
    });
    reader.close();
  });

  it('are one process and one opener at a time', async () => {
    const views = await place.open();
    await expect(place.open()).rejects.toMatchObject({ name: 'ReadModelsUnavailable', reason: 'owned' });
    await views.close();
    await withViews(place, [tallies], (views) => views.ready());
  });

  it('say what to do with a file that is damaged', async () => {
    await withViews(place, [tallies], (views) => views.apply(tallyBatch(0, 10)));
    await writeFile(place.file, 'no database, but long enough to be taken for one: '.repeat(100));
    await expect(place.open()).rejects.toMatchObject({
      name: 'ReadModelsUnavailable',
      reason: 'corrupt',
      message: expect.stringContaining('Delete the file to have all views rebuilt'),
    });
  });

  it('say that they cannot be opened where there is no directory', async () => {
    const opening = openSqliteReadModels({ file: `${place.file}/none/views.db` });
    await expect(opening).rejects.toMatchObject({ name: 'ReadModelsUnavailable', reason: 'io' });
  });
});
