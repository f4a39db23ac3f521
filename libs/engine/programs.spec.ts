import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { fileParameters, programsIn } from './programs.js';

setFlagsFromString('--no-compilation-cache'); // with which all threads of these tests, as they are one, have what one of them has compiled

let directory: string;
let compiled: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'programs-'));
  compiled = mkdtempSync(join(tmpdir(), 'compiled-'));
});

afterEach(() => [directory, compiled].forEach((each) => rmSync(each, { recursive: true })));

const write = (file: string, body: string): void =>
  writeFileSync(join(directory, file), `(function (${fileParameters.join(', ')}) {${body}})`);

/** Loads as one thread does; `asked` are the files that the engine compiled for it. */
const thread = () => {
  const asked: string[] = [];
  return { asked, ...programsIn({ directory, compiled, onCompile: (file) => asked.push(file) }) };
};

const addition = 'function sum(a, b) { return [a, b].reduce((one, other) => one + other, 0); } exports.sum = sum;';

describe('programs', () => {
  it('run each of their files once, when it is first required', () => {
    write('main.js', 'exports.later = () => require("./part.js"); exports.first = require("./part.js");');
    write('part.js', 'globalThis.partsRun = (globalThis.partsRun ?? 0) + 1; exports.run = globalThis.partsRun;');
    const { first, later } = thread().run('main.js') as { first: object; later: () => object };
    expect(later()).toBe(first);
    expect(first).toEqual({ run: 1 });
  });

  it('may require each other', () => {
    write('main.js', 'exports.name = "main"; exports.other = require("./other.js");');
    write('other.js', 'const main = require("./main.js"); exports.greeting = () => `hello ${main.name}`;');
    const { other } = thread().run('main.js') as { other: { greeting: () => string } };
    expect(other.greeting()).toBe('hello main');
  });

  it('know where they are, and reach packages and what Node has', () => {
    write('main.js', 'exports.at = [__filename, __dirname, moduleUrl]; exports.fs = require("node:fs");');
    write('resolving.js', 'exports.path = require.resolve("./main.js");');
    const { run } = thread();
    const file = join(directory, 'main.js');
    expect(run('main.js')).toMatchObject({ at: [file, directory, pathToFileURL(file).href], fs: { readFileSync } });
    expect(run('resolving.js')).toEqual({ path: file });
  });

  it('fail each time where they cannot be run', () => {
    write('main.js', 'throw new Error("not today")');
    const { run } = thread();
    expect(() => run('main.js')).toThrow('not today');
    expect(() => run('main.js')).toThrow('not today');
    expect(() => run('missing.js')).toThrow('ENOENT');
  });

  describe('that were compiled before', () => {
    const keep = (file: string): void => {
      const { run, keepCompiled } = thread();
      run(file);
      keepCompiled(compiled);
    };

    it('are not compiled again, and do the same', () => {
      write('main.js', addition);
      keep('main.js');
      const { run, asked } = thread();
      expect((run('main.js') as { sum: (a: number, b: number) => number }).sum(2, 3)).toBe(5);
      expect(asked).toEqual([]);
    });

    it('name the file alone in stack traces, wherever it was compiled', () => {
      write('main.js', 'exports.fail = () => { throw new Error("not today"); };');
      keep('main.js');
      const moved = `${directory}-moved`;
      renameSync(directory, moved);
      directory = moved;
      const { run, asked } = thread();
      const { fail } = run('main.js') as { fail: () => void };
      const stackOf = (): string => {
        try {
          return String(fail());
        } catch (error) {
          return (error as Error).stack ?? '';
        }
      };
      expect(stackOf()).toMatch(/ \(main\.js:1:\d+\)| main\.js:1:\d+/);
      expect(stackOf()).not.toContain(moved.slice(0, -'-moved'.length));
      expect(asked).toEqual([]);
    });

    it('are compiled where their text has changed', () => {
      write('main.js', addition);
      keep('main.js');
      write('main.js', 'exports.sum = () => "another";');
      const { run, asked } = thread();
      expect((run('main.js') as { sum: () => string }).sum()).toBe('another');
      expect(asked).toEqual(['main.js']);
    });

    it('are compiled where what was kept is damaged', () => {
      write('main.js', addition);
      keep('main.js');
      const kept = readFileSync(join(compiled, 'main.js'));
      const flipped = Buffer.from(kept.map((byte, at) => (at === Math.floor(kept.length * 0.8) ? byte ^ 0xff : byte)));
      const damages = [flipped, kept.subarray(0, kept.length / 2), Buffer.alloc(kept.length), Buffer.alloc(0)];
      for (const damaged of damages) {
        writeFileSync(join(compiled, 'main.js'), damaged);
        const { run, asked } = thread();
        expect((run('main.js') as { sum: (a: number, b: number) => number }).sum(2, 3)).toBe(5);
        expect(asked).toEqual(['main.js']);
      }
    });

    it('are kept by the thread that knows the most functions of them', () => {
      write('main.js', addition);
      const [busy, idle] = [thread(), thread()];
      (busy.run('main.js') as { sum: (a: number, b: number) => number }).sum(2, 3);
      idle.run('main.js');
      const kept = () => readFileSync(join(compiled, 'main.js')).length;
      idle.keepCompiled(compiled);
      const ofIdle = kept();
      busy.keepCompiled(compiled);
      const ofBusy = kept();
      expect(ofBusy).toBeGreaterThan(ofIdle);
      idle.keepCompiled(compiled);
      expect(kept()).toBe(ofBusy);
    });
  });
});
