import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { withProgress } from '../support/saga-progress/place.js';
import { sqlitePlace } from '../support/saga-progress/sqlite-place.js';

describe('progress of sagas in SQLite, when things go wrong', () => {
  let place: Awaited<ReturnType<typeof sqlitePlace>>;
  beforeEach(async () => {
    place = await sqlitePlace();
  });
  afterEach(() => place.remove());

  it('is refused while the disk is full, and recorded when there is room again', async () => {
    const compiled = 'dist/test/support/saga-progress/filling.child.js';
    const limited = `ulimit -S -f 4000 && exec "$0" "$@"`;
    const child = spawn('sh', ['-c', limited, process.execPath, compiled, ...place.arguments], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse(String((await lines.next()).value)) as { readonly [field: string]: unknown };

    const full = await next();
    expect(full.error).toMatch(/^SagaProgressUnavailable: (io|disk_full)$/);
    expect(full.checkpoint).toBe(Number(full.failed) - 1);
    execFileSync('sh', ['-c', 'prlimit --fsize=unlimited --pid "$0"', String(child.pid)]);
    child.stdin.end('lifted\n');
    expect(await next()).toEqual({ checkpoint: full.failed });
    expect(await exited).toEqual([0, null]);
    const { parked } = await withProgress(place, (progress) => progress.load('filler'));
    expect(parked).toHaveLength(Number(full.failed));
  });

  it('belongs to one process and one opener at a time', async () => {
    await withProgress(place, () =>
      expect(place.open()).rejects.toMatchObject({ name: 'SagaProgressUnavailable', reason: 'owned' }),
    );
    await withProgress(place, (progress) => progress.ready());
  });

  it('is not replaced when the file is damaged: the operator is told to restore it', async () => {
    await withProgress(place, (progress) => progress.record({ saga: 'a-saga', checkpoint: 1 }));
    await writeFile(place.file, 'no database, but long enough to be taken for one: '.repeat(100));
    await expect(place.open()).rejects.toMatchObject({
      name: 'SagaProgressUnavailable',
      reason: 'corrupt',
      message: expect.stringContaining('Restore the file from a backup'),
    });
  });

  it('cannot be opened in a directory that does not exist', async () => {
    const opening = openSqliteSagaProgress({ file: `${place.file}/none/sagas.db` });
    await expect(opening).rejects.toMatchObject({ name: 'SagaProgressUnavailable', reason: 'io' });
  });
});
