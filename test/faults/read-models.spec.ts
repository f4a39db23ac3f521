import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Transient } from '#lib/async';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { openReader } from '#lib/sqlite';
import { eventually } from '../support/eventually.js';
import { killsOf } from '../support/kills.js';
import { withViews } from '../support/read-models/fixture.js';
import { sqliteViewsFixture } from '../support/read-models/sqlite-fixture.js';
import { expectedTallies, tallies, tallyBatch } from '../support/read-models/tallies.js';

const child = (name: string): string => `${process.cwd()}/dist/test/support/read-models/${name}.js`;

/** The lines of a process's output. */
const linesOf = (process: ChildProcess): AsyncIterator<string> => {
  if (!process.stdout) throw new Error('The process has no output');
  return createInterface({ input: process.stdout })[Symbol.asyncIterator]();
};

describe('views in SQLite', () => {
  const children: ChildProcess[] = [];
  let fixture: Awaited<ReturnType<typeof sqliteViewsFixture>>;
  beforeEach(async () => {
    fixture = await sqliteViewsFixture();
  });
  afterEach(async () => {
    for (const started of children.splice(0)) started.kill('SIGKILL');
    await fixture.remove();
  });

  const checkTallies = (): Promise<number> =>
    withViews(fixture, [tallies], async (views) => {
      const { checkpoint } = await views.progress(tallies.name);
      for (const [id, expected] of expectedTallies(checkpoint)) {
        expect(await views.get(tallies, id)).toMatchObject(expected);
      }
      const found = await views.find(tallies, { search: 'word', sort: { field: 'sum', order: 'asc' }, limit: 100 });
      expect(found.data).toHaveLength(Math.min(10, checkpoint));
      return checkpoint;
    });

  it('have counted every event once after the process was killed again and again', async () => {
    let before = 0;
    for (let kill = 0; kill < killsOf(10); kill += 1) {
      const victim = spawn(process.execPath, [child('increment.child'), fixture.file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(victim);
      const exited = once(victim, 'exit');
      const lines = linesOf(victim);
      for (let line = 0; line <= (kill % 10) * 12; line += 1)
        expect(await lines.next()).toMatchObject({ value: 'applied' });
      victim.kill('SIGKILL');
      await exited;
      // Not after every kill, because it takes long.
      if (kill % 5 !== 4) continue;
      const checkpoint = await checkTallies();
      expect(checkpoint).toBeGreaterThan(before);
      before = checkpoint;
    }
    expect(before).toBeGreaterThan(1000);
  }, 60_000);

  it('reject a batch as a whole when the disk is full, and recover when there is room', async () => {
    const limited = `ulimit -S -f 6000 && exec "$0" "$@"`;
    const grower = spawn('sh', ['-c', limited, process.execPath, child('growing.child'), fixture.file], {
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
    await withViews(fixture, [tallies], async (views) => {
      expect(await views.progress(tallies.name)).toEqual({ checkpoint: recovered.checkpoint, parked: [] });
      for (const [id, expected] of expectedTallies(Number(recovered.checkpoint))) {
        expect(await views.get(tallies, id)).toMatchObject(expected);
      }
    });
  }, 30_000);

  it('drop the copies of finished and unfinished rebuilds', async () => {
    const reader = await withViews(fixture, [tallies], async (views) => {
      await views.apply(tallyBatch(0, 10));
      await views.beginRebuild(tallies);
      await views.apply({ ...tallyBatch(0, 10), shadow: true });
      await views.finishRebuild(tallies);
      await views.beginRebuild(tallies);
      return openReader(fixture.file);
    });
    const tables = reader.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%-%'`).pluck();
    const underWay = new Set(tables.all().filter((name) => String(name).startsWith('rebuild-')));
    expect(underWay).toContain('rebuild-docs tallies');
    await withViews(fixture, [tallies], async (views) => {
      await eventually(() => tables.all().every((name) => String(name).startsWith('live-')));
      expect(await views.count(tallies)).toBe(10);
    });
    reader.close();
  });

  it('are unavailable, as for a moment, when a thread has ended', async () => {
    const posts = jest.spyOn(Worker.prototype, 'postMessage');
    const views = await fixture.open();
    const threads = new Set(posts.mock.contexts.filter((thread): thread is Worker => thread instanceof Worker));
    posts.mockRestore();
    await views.prepare([tallies]);
    await Promise.all([...threads].map((thread) => thread.terminate()));
    const calls: (() => Promise<unknown>)[] = [
      () => views.apply(tallyBatch(0, 10)),
      () => views.count(tallies),
      () => views.ready(),
    ];
    for (const call of calls) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Transient);
      expect(error).toMatchObject({ name: 'ReadModelsUnavailable', reason: 'io' });
    }
    await views.close();
  });

  it('have one owner at a time', async () => {
    const views = await fixture.open();
    await expect(fixture.open()).rejects.toMatchObject({ name: 'ReadModelsUnavailable', reason: 'owned' });
    await views.close();
    await withViews(fixture, [tallies], (views) => views.ready());
  });

  it('say what to do about a damaged file', async () => {
    await withViews(fixture, [tallies], (views) => views.apply(tallyBatch(0, 10)));
    await writeFile(fixture.file, 'not a database, but long enough to look like one: '.repeat(100));
    await expect(fixture.open()).rejects.toMatchObject({
      name: 'ReadModelsUnavailable',
      reason: 'corrupt',
      message: expect.stringContaining('Delete the file to have all views rebuilt'),
    });
  });

  it('cannot be opened without their directory', async () => {
    const opening = openSqliteReadModels({ file: `${fixture.file}/none/views.db` });
    await expect(opening).rejects.toMatchObject({ name: 'ReadModelsUnavailable', reason: 'io' });
  });
});
