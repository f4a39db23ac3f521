import { expect, it } from '@jest/globals';
import { bump } from '../support/counters.js';
import { onServer } from '../support/event-store/eventstoredb-scene.js';
import { eventually } from '../support/eventually.js';
import { openTestStores } from '../support/stores.js';
import { gate, notebook, tellerOn } from '../support/teller.js';

it(
  'a saga on EventStoreDB goes on from a place where a read can start, and tells its lag in seconds alone',
  onServer(async ({ store, reopen }) => {
    const embedded = await openTestStores();
    try {
      const blocked = gate();
      const { told, tell } = notebook();
      const first = tellerOn({ ...embedded, store }, async (command) => {
        if (command.data.counterId === 'b') await blocked.opened;
        await tell(command);
      });
      void first.start();
      await bump(store, 'a', 1, 2);
      await bump(store, 'b', 1);
      const last = await bump(store, 'c', 1);
      await eventually(() => told.length === 3);
      await eventually(async () => (await first.lag()).seconds > 0);
      expect(await first.lag()).toMatchObject({ events: null });
      const stopped = first.stop();
      blocked.open();
      await stopped;
      const done = first.position();

      const again = await reopen();
      const second = tellerOn({ ...embedded, store: again }, tell);
      void second.start();
      expect(await second.reached(last, 10_000)).toBe(true);
      await bump(again, 'a', 3);
      await eventually(() => told.includes('a3'));
      await eventually(async () => (await second.lag()).events === 0);
      await second.stop();
      expect(new Set(told)).toEqual(new Set(['a1', 'a2', 'b1', 'c1', 'a3']));
      expect(done).toBeLessThanOrEqual(last);
    } finally {
      await embedded.close();
    }
  }),
);
