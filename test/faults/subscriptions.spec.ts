import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { viewKeeper } from '#lib/subscriptions';
import { counterCodec, counters, countersProjection } from '../support/counters.js';
import { quiet } from '../support/stores.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const kills = 50;

/** Runs the child on a directory until it has acknowledged something and a random moment more, and kills it. Answers what it acknowledged. */
const runAndKill = async (directory: string): Promise<readonly { counterId: string; position: number }[]> => {
  const child = spawn(process.execPath, ['dist/test/support/crash/subscriptions.child.js', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const acknowledged: { counterId: string; position: number }[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [, counterId = '', position = ''] = /^(\w+) (\d+)$/.exec(line) ?? [];
    if (counterId) acknowledged.push({ counterId, position: Number(position) });
  });
  await Promise.race([once(lines, 'line'), closed]);
  if (child.exitCode !== null) throw new Error('The child ended by itself');
  await delay(Math.random() * 150);
  child.kill('SIGKILL');
  await closed;
  return acknowledged;
};

describe(`a process that is killed ${kills} times while it works`, () => {
  it('has lost nothing, done nothing twice, and its views are right', async () => {
    const directory = await temporaryDirectory();
    const acknowledged: { counterId: string; position: number }[] = [];
    for (let round = 0; round < kills; round += 1) acknowledged.push(...(await runAndKill(directory.path)));

    const store = await openSqliteEventStore({ file: join(directory.path, 'events.db') });
    const models = await openSqliteReadModels({ file: join(directory.path, 'views.db') });
    await models.prepare([counters]);
    const context = {
      store,
      models,
      codec: counterCodec,
      log: quiet,
      retry: { maxAttempts: 1, firstWaitMs: 1, maxWaitMs: 1 },
    };
    const keeper = viewKeeper(countersProjection, context);
    keeper.start();

    const streamAt = new Map<number, string>();
    /** `<stream>-<revision>` of each bump, by position. */
    const bumpAt = new Map<number, string>();
    const bumps = new Map<string, number>();
    const echoes = new Map<string, number>();
    let expected = 1;
    for await (const { position, stream, revision } of store.readAll()) {
      expect(position).toBe(expected++);
      streamAt.set(position, stream);
      const counts = stream.startsWith('echo-') ? echoes : bumps;
      counts.set(stream, revision + 1);
      if (counts === bumps) bumpAt.set(position, `${stream}-${revision}`);
    }
    expect(acknowledged.length).toBeGreaterThan(kills);
    for (const { counterId, position } of acknowledged) expect(streamAt.get(position)).toBe(`counter-${counterId}`);
    expect(new Set(acknowledged.map(({ position }) => position)).size).toBe(acknowledged.length);

    expect(await keeper.reached(await store.head(), 30_000)).toBe(true);
    for (const [stream, total] of bumps) {
      expect(await models.get(counters, stream.slice('counter-'.length))).toMatchObject({ total, bumps: total });
    }
    expect([...echoes.values()].every((times) => times === 1)).toBe(true);
    expect((await store.verify()).corrupt).toEqual([]);

    // A restart must not leave events behind that no one echoed: all up to the saga's checkpoint were.
    const { checkpoint, parked } = await models.progress('echoes');
    expect(parked).toEqual([]);
    const bumpsPassed = [...bumpAt].filter(([position]) => position <= checkpoint);
    expect(bumpsPassed.length).toBeGreaterThan(kills);
    for (const [, bump] of bumpsPassed) expect(echoes.get(`echo-${bump}`)).toBe(1);

    await keeper.stop();
    await models.close();
    await store.close();
    await directory.remove();
  }, 240_000);
});
