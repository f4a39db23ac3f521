import { converted } from '../../src/messaging/attachments/converter.js';

/** Converts a file with a program: `node conversion.child.js PROGRAM FILE`. */
const [program = '', path = ''] = process.argv.slice(2);
const work = { to: 'voice', userId: 'ada', maxBytes: 1000, pathOf: () => Promise.resolve(path) } as const;
await converted(work, () => Promise.resolve(), { program, timeoutMs: 60_000 });
