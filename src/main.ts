import { inWords } from './platform/in-words.js';
import { keepHeapsLean } from './platform/lean-heap.js';
import { optimizeLater } from './platform/patient-optimizer.js';
import { endWithStarter } from './platform/starter.js';

endWithStarter();
keepHeapsLean();
optimizeLater();

try {
  const { start } = await import('./start.js'); // here, so that a module that cannot be loaded is explained, too
  await start();
} catch (error) {
  process.stderr.write(`${inWords(error)}\n`);
  process.exit(1);
}
