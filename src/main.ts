import { inWords } from './platform/in-words.js';
import { endWithStarter } from './platform/starter.js';

endWithStarter();

const main = async (): Promise<void> => {
  const { start } = await import('./start.js'); // here, so that a module that cannot be loaded is explained, too
  await start();
};

main().catch((error: unknown) => {
  process.stderr.write(`${inWords(error)}\n`);
  process.exit(1);
});
