import { inWords } from './platform/in-words.js';

/* `npm run admin`, `backup`, `restore` and `migrate-stores`. */

const main = async (): Promise<void> => {
  try {
    const { operate } = await import('./operate.js'); // here, so that a module that cannot be loaded is explained, too
    process.exitCode = await operate(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${inWords(error).trimEnd()}\n`);
    process.exitCode = 1;
  }
  process.exit(); // libraries leave timers behind
};

void main();
