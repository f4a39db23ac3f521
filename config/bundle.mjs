/*
 * Puts the compiled programs, their threads and nearly everything that they import into a few files in `dist/app`: Node needs about a
 * millisecond for each file that it loads, and the service alone has two and a half thousand of them.
 *
 * All files lie side by side, so `new URL('./x.worker.js', import.meta.url)` means the same in each of them. A thread's file therefore
 * needs a name that no other has.
 *
 * Each file becomes a function (`libs/engine`): the engine can keep what it has compiled of those, and not of ES modules. `x.js` only says
 * where the program x begins, in a file named by its content as all others are.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { build, transform } from 'esbuild';

const programs = {
  main: 'dist/src/main.js',
  operator: 'dist/src/operator.js',
  demo: 'dist/src/demo.js',
  sandbox: 'dist/libs/whatsapp-sandbox/main.js',
  'backup.child': 'dist/src/operations/backup/backup.child.js',
  'sandbox.child': 'dist/src/sessions/whatsapp/sandbox.child.js',
};
const threads = readdirSync('dist/libs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.worker.js'))
  .map((file) => [basename(file, '.js'), `dist/libs/${file}`]);

/** What stays in node_modules: native modules, packages that find their files by their own place, and packages that are optional or not used. */
const external = [
  'argon2',
  'bindings',
  'libsignal',
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  '@fastify/static',
  '@fastify/swagger-ui',
  'swagger-ui-dist',
  '@zxcvbn-ts/*',
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
  'audio-decode',
  'jimp',
  'link-preview-js',
  'sharp',
];

/** zod's messages in all languages are half of it, and esbuild cannot tell that nothing uses them. */
const inEnglishOnly = {
  name: 'in-english-only',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    })),
};

/** By itself, rxjs gives Node its many files of CommonJS, of which a bundle cannot leave out any. */
const alias = {
  rxjs: './node_modules/rxjs/dist/esm/index.js',
  'rxjs/operators': './node_modules/rxjs/dist/esm/operators/index.js',
};

const outdir = 'dist/app';
const common = {
  external,
  alias,
  bundle: true,
  plugins: [inEnglishOnly],
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  outdir,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  keepNames: true, // Nest and the log name classes
  metafile: true,
  sourcemap: 'inline',
  legalComments: 'linked',
  logLevel: 'warning',
  write: false,
};

const isSmall = ([name]) => name !== 'baileys.worker';
const built = await Promise.all([
  build({
    ...common,
    splitting: true,
    entryPoints: { ...programs, ...Object.fromEntries(threads.filter((each) => !isSmall(each))) },
  }),
  // In one file each: a thread has a copy of all that it loads anyway, and needs a millisecond and more for each file.
  build({ ...common, entryPoints: Object.fromEntries(threads.filter(isSmall)) }),
]);

/**
 * Nearly everything has its name by itself. Giving it to functions that are made again and again, such as those within others, takes ten times
 * as long as looking.
 */
const naming = /__name ?= ?\(target, ?value\) ?=> ?__defProp\(/;
let namers = 0;
const withCheapNames = (text) =>
  text.replace(naming, () => {
    namers += 1;
    return '__name = (target, value) => target.name === value ? target : __defProp(';
  });

/** Where the first line ends, at or after one, that is indented as little. */
const endOfBlock = (text, line, indentation) => {
  const last = new RegExp(`^ {0,${indentation}}[^ \\n].*\\n`, 'gm');
  last.lastIndex = line;
  return last.test(text) ? last.lastIndex : -1;
};

/**
 * `x = __name((y) => z, "x")` becomes `x = (y) => z`, which has the same name by itself: a function that is an argument has none that could be
 * found. There are blanks for what goes, so that the source maps stay right.
 */
const withoutCalls = (text) => {
  const beginning =
    /^( *)(?:(?:const|let|var) )?([\w$]+) = (?:\/\* @__PURE__ \*\/ )?__name\((?=(?:async )?(?:function\*? ?)?\()/gm;
  const blanks = [];
  for (const { index, 0: found, 1: indent, 2: variable } of text.matchAll(beginning)) {
    const from = index + found.length;
    const name = `, "${variable}");\n`;
    const firstLine = text.indexOf('\n', from) + 1;
    const isOneLine = text.endsWith(name, firstLine);
    const to = isOneLine ? firstLine : endOfBlock(text, firstLine, indent.length);
    if (text.endsWith(name, to)) blanks.push([from - '__name('.length, from], [to - name.length, to - ';\n'.length]);
  }
  let [cheaper, done] = ['', 0];
  for (const [from, to] of blanks.toSorted(([one], [other]) => one - other)) {
    cheaper += text.slice(done, from) + ' '.repeat(to - from);
    done = to;
  }
  return cheaper + text.slice(done);
};

/** The engine keeps the text of a whole file in two bytes a character where one is beyond Latin 1. esbuild escapes those in strings. */
const checkLatin1 = (file, text) => {
  const [found] = /.{0,40}[\u0100-\u{10ffff}].{0,20}/u.exec(text) ?? [];
  if (found !== undefined) throw new Error(`Doubles the memory that ${file} takes, write it as \\u....: ${found}`);
};

const assignments =
  /(?<!\b(?:const|let|var)\s+)(?<![\w$.])([A-Za-z_$][\w$]*)\s*(?:[-+*/%&|^?<>]*=(?![=>])|\+\+|--)|(?:\+\+|--)([A-Za-z_$][\w$]*)/g;
const patterns = /^(?!.*\b(?:const|let|var)\b).*[\]}]\s*=(?![=>]).*$/gm;

/**
 * The names that a file exports and that keep their value once it has run: those that no function in it assigns. What stands at the beginning of
 * a line is done while it runs.
 */
const settledIn = (text) => {
  const [, exported = ''] = /^export \{([^}]*)\};$/m.exec(text) ?? [];
  const within = text.replace(/^\S.*$/gm, '');
  const assigned = new Set([...within.matchAll(assignments)].map(([, name, changed]) => name ?? changed));
  for (const [pattern] of within.matchAll(patterns))
    for (const [name] of pattern.matchAll(/[\w$]+/g)) assigned.add(name);
  const isDeclared = (name) =>
    new RegExp(
      `^(?:(?:var|let|const) ${escaped(name)} =|(?:async )?function\\*? ?${escaped(name)}\\(|class ${escaped(name)}\\b)`,
      'm',
    ).test(text);
  const names = exported.split(',').map((each) => each.trim().split(' as '));
  return new Set(names.filter(([local]) => isDeclared(local) && !assigned.has(local)).map((pair) => pair.at(-1)));
};

const escaped = (name) => name.replaceAll('$', '\\$');

/** Whether a file is loaded before another one has run to its end. */
const imports = new Map();
const reaches = (from, to, seen = new Set()) =>
  from === to || (!seen.has(from) && (seen.add(from), imports.get(from) ?? []).some((next) => reaches(next, to, seen)));

/** Reads settled names once. By itself, esbuild calls two functions at each use of a name of another file, lest its value changes. */
const withSettledImports = (file, text, settled) =>
  text.replaceAll(/^import \{([^}]*)\} from "\.\/([^"]+)";$/gm, (whole, list, from) => {
    if (reaches(from, file)) return whole;
    const pairs = list.split(',').map((each) => each.trim().split(' as '));
    const isSettled = ([name]) => settled.get(from).has(name);
    const once = pairs.filter(isSettled).map((pair) => pair.join(': '));
    const live = pairs.filter((pair) => !isSettled(pair)).map((pair) => pair.join(' as '));
    readOnce += once.length;
    return [
      ...(live.length > 0 ? [`import { ${live.join(', ')} } from "./${from}";`] : []),
      ...(once.length > 0 ? [`const { ${once.join(', ')} } = require("./${from}");`] : []),
    ].join('');
  });
let readOnce = 0;

const parameters = 'exports, require, module, __filename, __dirname, moduleUrl'; // as `libs/engine` gives them

/** An ES module as an expression: a function that runs it as a CommonJS module. */
const asFunction = async (file, text, settled) => {
  const { code, map } = await transform(withSettledImports(file, withoutCalls(withCheapNames(text)), settled), {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'moduleUrl' },
    banner: `(function (${parameters}) {`,
    footer: '})',
    sourcemap: 'external',
    // The text of a program stays in memory.
    minifyWhitespace: true,
    legalComments: 'none', // those that must stay are in files beside it
    lineLimit: 160, // for the lines that stack traces name, and those that Node prints with an error
    logLevel: 'silent',
  });
  checkLatin1(file, code);
  return { code: `${code}//# sourceMappingURL=${file}.map\n`, map };
};

/** What keeps and finds the compiled code is a file of its own, which Node loads as it is. */
const {
  outputFiles: [engine],
} = await build({
  entryPoints: ['dist/libs/engine/run-program.js'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  write: false,
  minifyWhitespace: true,
  logLevel: 'warning',
});

mkdirSync(outdir, { recursive: true });
writeFileSync(`${outdir}/engine.js`, engine.text);
const texts = createHash('sha256').update(engine.text);
const outputs = built
  .flatMap(({ outputFiles }) => outputFiles)
  .map(({ path, text }) => ({ file: basename(path), text }))
  .toSorted((one, other) => (one.file < other.file ? -1 : 1));
for (const { metafile } of built) {
  for (const [path, { imports: all }] of Object.entries(metafile.outputs)) {
    const loaded = all.filter(({ kind, external }) => kind === 'import-statement' && !external);
    imports.set(
      basename(path),
      loaded.map((each) => basename(each.path)),
    );
  }
}
const settled = new Map(outputs.map(({ file, text }) => [file, settledIn(text)]));
for (const { file, text } of outputs) {
  if (!file.endsWith('.js')) {
    writeFileSync(`${outdir}/${file}`, text);
    continue;
  }
  const { code, map } = await asFunction(file, text, settled);
  texts.update(file).update(code);
  writeFileSync(`${outdir}/${file}`, code);
  writeFileSync(`${outdir}/${file}.map`, map);
}
if (namers === 0) throw new Error('esbuild gives names in another way than it did');
if (readOnce === 0) throw new Error('esbuild imports in another way than it did');

const buildName = texts.digest('hex').slice(0, 16);
const entries = built.flatMap(({ metafile }) =>
  Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint !== undefined),
);
const nameOf = new Map([...Object.entries(programs), ...threads].map(([name, source]) => [source, name]));
for (const [path, { entryPoint }] of entries) {
  const name = nameOf.get(relative('.', entryPoint));
  if (name === undefined) continue; // a part that is loaded later
  const run = `require('./engine.js').runProgram(__dirname, ${JSON.stringify(basename(path))}, '${buildName}');\n`;
  writeFileSync(`${outdir}/${name}.js`, run);
}
writeFileSync(`${outdir}/package.json`, '{ "type": "commonjs" }\n');
writeFileSync(`${outdir}/build`, buildName);
cpSync('dist/libs/whatsapp-sandbox/control/page', `${outdir}/page`, { recursive: true });
