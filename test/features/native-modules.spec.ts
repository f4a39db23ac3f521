import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startService } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  directory = await temporaryDirectory();
});

afterAll(() => directory.remove());

/** Makes Node fail to load a native module in the way in which it does after another Node.js was installed. */
const failing = async (name: string): Promise<string> => {
  const file = join(directory.path, `${name}.cjs`);
  const code = `
    const load = process.dlopen;
    process.dlopen = (module, path, ...rest) => {
      if (!path.includes(${JSON.stringify(name)})) return load.call(process, module, path, ...rest);
      const message = "The module '" + path + "'\\nwas compiled against a different Node.js version using\\nNODE_MODULE_VERSION 99.";
      throw Object.assign(new Error(message), { code: 'ERR_DLOPEN_FAILED' });
    };`;
  await writeFile(file, code);
  return file;
};

describe('a native module that was built for another Node.js', () => {
  it.each(['better-sqlite3', 'argon2'])('is named in a sentence that says what to do: %s', async (name) => {
    const data = join(directory.path, 'data');
    const failed = startService({ WAYBILL_DATA_DIR: data, NODE_OPTIONS: `--require=${await failing(name)}` });
    expect(await failed.ended()).toBe(1);
    expect(failed.output()).toMatch(new RegExp(`^${name} was not built for this Node.js \\(v.*npm rebuild[^\n]*\n$`));
  });
});
