import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { threadId } from 'node:worker_threads';
import { crc32 } from 'node:zlib';

/** A file of a bundle is one function with these parameters, as those of CommonJS are once Node has wrapped them. */
export const fileParameters = ['exports', 'require', 'module', '__filename', '__dirname', 'moduleUrl'] as const;

type BundledFile = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  directory: string,
  moduleUrl: string,
) => void;

export type ProgramsOptions = {
  /** Where the files are. Each name stands for one text for ever: the engine is given what it compiled of that name without another look. */
  readonly directory: string;
  /**
   * What was compiled is read from here: a file of its name for each that is loaded. The engine trusts it, so that only those may write here who
   * may write the programs. Where it is missing, damaged or made by another version or with other options, the engine compiles.
   */
  readonly compiled: string;
  /** Called for each file that the engine had to compile. */
  readonly onCompile?: (file: string) => void;
};

/** The files of a bundle that one thread has loaded. */
export type Programs = {
  /** Runs a file with all that it requires, each once. Blocks. @throws what a file throws, and where there is none */
  readonly run: (file: string) => object;
  /**
   * Writes what the engine has compiled of each file until now, where nobody has written more of it: several programs and threads load the same
   * files, and what knows the most functions saves the most. Blocks.
   */
  readonly keepCompiled: (directory: string) => void;
};

const sumBytes = 4;

/** With a checksum at the end: the engine looks at the first bytes only, and crashes by what is damaged behind them. */
const sealed = (data: Buffer): Buffer => {
  const sum = Buffer.alloc(sumBytes);
  sum.writeUInt32LE(crc32(data));
  return Buffer.concat([data, sum]);
};

/** Undefined where there is nothing, or not all of it: compiling costs time, and no more. */
const opened = (file: string): Buffer | undefined => {
  let read: Buffer;
  try {
    read = readFileSync(file);
  } catch {
    return undefined;
  }
  if (read.length <= sumBytes) return undefined;
  const data = read.subarray(0, -sumBytes);
  return crc32(data) === read.readUInt32LE(data.length) ? data : undefined;
};

/**
 * Loads bundled files without letting the engine compile what it has compiled before, functions that were compiled once they were called included.
 * Node does that by itself for what is imported, from version 22 on, and only where it may write meanwhile.
 */
export const programsIn = ({ directory, compiled, onCompile = () => undefined }: ProgramsOptions): Programs => {
  const modules = new Map<string, { exports: object }>();
  const scripts = new Map<string, Script>();

  const compile = (file: string): BundledFile => {
    const text = readFileSync(join(directory, file), 'utf8');
    const cachedData = opened(join(compiled, file));
    // What was compiled keeps the name, and may have been compiled elsewhere: stack traces name the file alone.
    const script = new Script(text, { filename: file, ...(cachedData && { cachedData }) });
    if (script.cachedDataRejected !== false) onCompile(file);
    scripts.set(file, script);
    return script.runInThisContext() as BundledFile;
  };

  const run = (file: string): object => {
    const loaded = modules.get(file);
    if (loaded !== undefined) return loaded.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const filename = join(directory, file);
    const ofPackages = createRequire(filename);
    const require = (id: string): unknown => (id.startsWith('./') ? run(id.slice(2)) : ofPackages(id));
    try {
      compile(file)(
        module.exports,
        Object.assign(require, ofPackages),
        module,
        filename,
        directory,
        pathToFileURL(filename).href,
      );
    } catch (error) {
      modules.delete(file); // the next one who asks is told why, too
      throw error;
    }
    return module.exports;
  };

  return {
    run,
    keepCompiled: (to) => {
      for (const [file, script] of scripts) {
        const kept = join(to, file);
        const data = script.createCachedData();
        if (data.length <= (opened(kept)?.length ?? 0)) continue;
        const draft = `${kept}.${process.pid}-${threadId}`;
        writeFileSync(draft, sealed(data));
        renameSync(draft, kept);
      }
    },
  };
};
