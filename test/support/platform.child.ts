import { startPlatform } from './platform-app.js';

/** The platform with the counters on it, in a process of its own, on the data directory that is named. Prints where it listens. */
const run = async (directory: string): Promise<void> => {
  const { app } = await startPlatform(directory);
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`${await app.getUrl()}\n`);
  process.once('SIGTERM', () => void app.close());
};

void run(process.argv[2] ?? '');
