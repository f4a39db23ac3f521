/**
 * A process that opens a store and runs commands, one line of standard input each: `fill` (append until it fails), `append`, `ready`,
 * `count`, `verify`. Answers each with a line of JSON. Argument: the file.
 */
import { createInterface } from 'node:readline';
import type { EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { collect, newEvent, newStream } from './events.js';

const append = async (store: EventStore) => {
  const event = newEvent('Filler', 'x'.repeat(2000));
  const { position } = await store.append({ stream: newStream(), expected: 'no_stream', events: [event] });
  return { position, id: event.id };
};

const commands: Readonly<Record<string, (store: EventStore) => Promise<unknown>>> = {
  append,
  fill: async (store) => {
    const stored: unknown[] = [];
    // Concurrently at first, then one by one, to use all of the disk.
    for (let width = 16; ;) {
      const attempts = await Promise.allSettled(Array.from({ length: width }, () => append(store)));
      for (const attempt of attempts) if (attempt.status === 'fulfilled') stored.push(attempt.value);
      const failed = attempts.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
      if (failed && width === 1) return { stored, failure: describe(failed.reason) };
      if (failed) width = 1;
    }
  },
  ready: async (store) => store.ready().then(() => ({ ready: true })),
  count: async (store) => (await collect(store.readAll())).length,
  verify: (store) => store.verify(),
};

const describe = (error: unknown) => {
  const { name, message, reason } = error as Error & { reason?: string };
  return { name, message, reason };
};

const main = async (): Promise<void> => {
  const store = await openSqliteEventStore({ file: process.argv[2] ?? '' });
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await commands[line]?.(store).catch((error: unknown) => ({ failure: describe(error) }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await store.close();
};

await main();
