/**
 * A process that appends as fast as it can, and prints a line for each acknowledged event: `stream revision position id`. Arguments: the
 * file, and the number of concurrent writers. Runs until it is killed.
 */
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { newEvent } from './events.js';

const [file = '', writers = '1'] = process.argv.slice(2);

const main = async (): Promise<void> => {
  const store = await openSqliteEventStore({ file });
  process.stdout.write('open\n');
  const write = async (writer: number): Promise<void> => {
    for (let count = 0; ; count += 1) {
      const stream = writer % 2 === 0 ? `long-${writer}` : `short-${process.pid}-${writer}-${count}`;
      const events = Array.from({ length: 1 + (count % 3) }, () => newEvent());
      const { revision, position } = await store.append({ stream, expected: 'any', events });
      const lines = events.map(({ id }, index) => {
        const back = events.length - 1 - index;
        return `${stream} ${revision - back} ${position - back} ${id}\n`;
      });
      process.stdout.write(lines.join(''));
    }
  };
  await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
};

await main();
