import { openSync } from 'node:fs';
import { converted } from '../../src/messaging/attachments/converter.js';

/** Converts a file with a program: `node conversion.child.js PROGRAM FILE [no-more-files]`. Prints why that failed. */
const [program = '', path = '', state] = process.argv.slice(2);

const openAllThatMayBe = (): void => {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // No more can be opened.
  }
};

const pathOf = (): Promise<string> => {
  if (state === 'no-more-files') openAllThatMayBe();
  return Promise.resolve(path);
};
const work = { to: 'voice', userId: 'ada', maxBytes: 1000, pathOf } as const;
try {
  await converted(work, () => Promise.resolve(), { program, timeoutMs: 60_000 });
} catch (error) {
  process.stdout.write(String((error as NodeJS.ErrnoException).code));
}
