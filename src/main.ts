import { inWords } from './platform/in-words.js';
import { keepCompiled } from './platform/kept-compiled.js';
import { keepHeapsLean } from './platform/lean-heap.js';
import { optimizeLater } from './platform/patient-optimizer.js';
import { endWithStarter } from './platform/starter.js';

endWithStarter();
keepCompiled();
optimizeLater();

try {
  const { start } = await import('./start.js'); // here, so that a module that cannot be loaded is explained, too
  keepHeapsLean(); // not before: a heap that is collected again and again while programs are loaded finds nothing
  await start();
} catch (error) {
  process.stderr.write(`${inWords(error)}\n`);
  process.exit(1);
}
