import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packageFile = createRequire(import.meta.url).resolve('better-sqlite3/package.json');

/** The native part of SQLite. By itself, the library looks for it beside its own files, which are part of a bundle. */
export const addon = join(dirname(packageFile), 'build', 'Release', 'better_sqlite3.node');
