import { writeFile } from 'node:fs/promises';
import { eventsPage } from './event-types.js';

/* Writes the types into docs/events.md, in the working directory. */

await writeFile('docs/events.md', await eventsPage());
