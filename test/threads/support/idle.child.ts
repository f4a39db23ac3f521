import { startThread, workerUrl } from '#lib/threads';
import type { CountingMethods } from './counting.worker.js';

/** A process that makes one call to a thread, and then has nothing more to do. */
const thread = startThread<CountingMethods>(workerUrl('./counting.worker.js', import.meta.url), {
  workerData: 'Hello',
});
process.stdout.write(`${await thread.ask('greet', 'child')}\n`);
