import { writeFile } from 'node:fs/promises';
import { notice } from './notice.js';

/* Writes NOTICE, in the working directory. */

await writeFile('NOTICE', await notice());
