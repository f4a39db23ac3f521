import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { sharedReading, viewSubscription } from '#lib/subscriptions';
import { bump, counterCodec, counters, countersProjection } from '../support/counters.js';
import { killsOf } from '../support/kills.js';
import { openStoresIn, quiet } from '../support/stores.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const kills = killsOf(8);
const bumpsBefore = 7;

type Printed = {
  readonly acknowledged: readonly { readonly counterId: string; readonly position: number }[];
  /** Positions of the bumps whose echo was dispatched again. */
  readonly again: readonly number[];
};

/** Runs the child on a directory until it has acknowledged something and a random moment more, and kills it. */
const runAndKill = async (directory: string): Promise<Printed> => {
  const child = spawn(process.execPath, ['dist/test/support/crash/subscriptions.child.js', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const acknowledged: { counterId: string; position: number }[] = [];
  const again: number[] = [];
  let acknowledgedFirst = () => {};
  const hasAcknowledged = new Promise<void>((resolve) => (acknowledgedFirst = resolve));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, counterId = '', position = ''] = /^bumped (\w+) (\d+)$/.exec(line) ?? [];
    if (counterId) acknowledged.push({ counterId, position: Number(position) });
    if (counterId) acknowledgedFirst();
    const [, repeated] = /^again (\d+)$/.exec(line) ?? [];
    if (repeated) again.push(Number(repeated));
  });
  await Promise.race([hasAcknowledged, closed]);
  if (child.exitCode !== null) throw new Error('The child ended by itself');
  await delay(Math.random() * 150);
  child.kill('SIGKILL');
  await closed;
  return { acknowledged, again };
};

describe(`a process that is killed ${kills} times while it works`, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  const acknowledged: Printed['acknowledged'][number][] = [];
  const again: number[] = [];
  beforeAll(async () => {
    directory = await temporaryDirectory();
    const store = await openSqliteEventStore({ file: join(directory.path, 'events.db') });
    await bump(store, 'before', ...Array.from({ length: bumpsBefore }, () => 1));
    await store.close();
    for (let round = 0; round < kills; round += 1) {
      const printed = await runAndKill(directory.path);
      acknowledged.push(...printed.acknowledged);
      again.push(...printed.again);
    }
  }, 480_000);
  afterAll(() => directory.remove());

  it('has lost nothing, done nothing twice, and its views are right', async () => {
    const { store, models, sagaProgress } = await openStoresIn(directory.path);
    await models.prepare([counters]);
    const retry = { maxAttempts: 1, firstWaitMs: 1, maxWaitMs: 1 };
    const view = viewSubscription(countersProjection, {
      store,
      models,
      codec: counterCodec,
      reading: sharedReading({ store, codec: counterCodec }),
      log: quiet,
      retry,
    });
    await view.start();

    const streamAt = new Map<number, string>();
    /** `<stream>-<revision>` of each bump, by position. */
    const bumpAt = new Map<number, string>();
    const totals = new Map<string, number>();
    const echoes = new Map<string, number>();
    let expected = 1;
    for await (const { position, stream, revision } of store.readAll()) {
      expect(position).toBe(expected++);
      streamAt.set(position, stream);
      const isEcho = !stream.startsWith('counter-');
      (isEcho ? echoes : totals).set(stream, revision + 1);
      if (!isEcho) bumpAt.set(position, `${stream}-${revision}`);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(kills);
    for (const { counterId, position } of acknowledged) expect(streamAt.get(position)).toBe(`counter-${counterId}`);
    expect(new Set(acknowledged.map(({ position }) => position)).size).toBe(acknowledged.length);

    expect(await view.reached(await store.head(), 30_000)).toBe(true);
    for (const [stream, total] of totals) {
      expect(await models.get(counters, stream.slice('counter-'.length))).toMatchObject({ total, bumps: total });
    }
    expect([...echoes.values()].every((times) => times === 1)).toBe(true);
    expect((await store.verify()).corrupt).toEqual([]);

    // No event was passed over: up to a saga's checkpoint, every bump was echoed.
    for (const [saga, category, start] of [
      ['echoes', 'echo', 0],
      ['late-echoes', 'late', bumpsBefore],
    ] as const) {
      const { checkpoint = 0, parked } = await sagaProgress.load(saga);
      expect(parked).toEqual([]);
      const passed = [...bumpAt].filter(([position]) => position > start && position <= checkpoint);
      expect(passed.length).toBeGreaterThan(0); // how many depends on the machine
      for (const [, bump] of passed) expect(echoes.get(`${category}-${bump}`)).toBe(1);
    }
    // The later saga's start did not move, though the first process may have been killed before it handled an event.
    const old = [...bumpAt].filter(([position]) => position <= bumpsBefore);
    expect(old).toHaveLength(bumpsBefore);
    for (const [, bump] of old)
      expect([echoes.get(`echo-${bump}`), echoes.get(`late-${bump}`)]).toEqual([1, undefined]);

    await view.stop();
    await sagaProgress.close();
    await models.close();
    await store.close();
  });

  it('dispatches again only what was not recorded, also when its views are deleted', async () => {
    expect(again.length).toBeGreaterThan(0);
    const sagaProgress = await openSqliteSagaProgress({ file: join(directory.path, 'sagas.db') });
    const checkpoints = await Promise.all(['echoes', 'late-echoes'].map((saga) => sagaProgress.load(saga)));
    await sagaProgress.close();
    for (const suffix of ['', '-wal', '-shm']) await rm(join(directory.path, `views.db${suffix}`), { force: true });
    const printed = await runAndKill(directory.path);
    const recorded = Math.min(...checkpoints.map(({ checkpoint = 0 }) => checkpoint));
    expect(recorded).toBeGreaterThan(0);
    for (const position of printed.again) expect(position).toBeGreaterThan(recorded);
  });
});
