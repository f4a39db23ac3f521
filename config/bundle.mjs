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
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { givesNames, lookForNames, withoutNaming } from '../dist/config/bundle/cheap-names.js';
import { readSettledOnce, settledIn } from '../dist/config/bundle/settled-names.js';
import { fileParameters } from '../dist/libs/engine/programs.js';

const outdir = 'dist/app';

/** Of everything that is read here. Whoever starts a program or gives a command builds first, mostly what is there already. */
const ofInputs = createHash('sha256');
const compiled = ['dist/src', 'dist/libs', 'dist/config'].flatMap((directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map(({ parentPath, name }) => join(parentPath, name)),
);
for (const file of ['package-lock.json', 'config/bundle.mjs', ...compiled.toSorted()]) {
  ofInputs.update(`${file}\n`).update(readFileSync(file));
}
const inputs = ofInputs.digest('hex');
const inputsFile = `${outdir}/inputs`;
if (existsSync(inputsFile) && readFileSync(inputsFile, 'utf8') === inputs) process.exit();
rmSync(inputsFile, { force: true });

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
const bundles = await Promise.all([
  build({
    ...common,
    splitting: true,
    entryPoints: { ...programs, ...Object.fromEntries(threads.filter((each) => !isSmall(each))) },
  }),
  // In one file each: a thread has a copy of all that it loads anyway, and needs a millisecond and more for each file.
  build({ ...common, entryPoints: Object.fromEntries(threads.filter(isSmall)) }),
]);

/** The engine keeps the text of a whole file in two bytes a character where one is beyond Latin 1. esbuild escapes those in strings. */
const checkLatin1 = (file, text) => {
  const [found] = /.{0,40}[\u0100-\u{10ffff}].{0,20}/u.exec(text) ?? [];
  if (found !== undefined) throw new Error(`Doubles the memory that ${file} takes, write it as \\u....: ${found}`);
};

/** The files that each one loads before it runs. */
const imports = new Map(
  bundles.flatMap(({ metafile }) =>
    Object.entries(metafile.outputs).map(([path, { imports: all }]) => [
      basename(path),
      all.filter(({ kind, external }) => kind === 'import-statement' && !external).map((each) => basename(each.path)),
    ]),
  ),
);
const loads = (from, to, seen = new Set()) =>
  from === to || (!seen.has(from) && (seen.add(from), imports.get(from) ?? []).some((next) => loads(next, to, seen)));

/** An ES module as an expression: a function that runs it as a CommonJS module. */
const asFunction = async (file, text, settled) => {
  const hasRunBefore = (other) => !loads(other, file);
  const cheaper = readSettledOnce(withoutNaming(lookForNames(text)), { settled, hasRunBefore });
  const { code, map } = await transform(cheaper, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'moduleUrl' },
    banner: `(function (${fileParameters.join(', ')}) {`,
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
const outputs = bundles
  .flatMap(({ outputFiles }) => outputFiles)
  .map(({ path, text }) => ({ file: basename(path), text }))
  .toSorted((one, other) => (one.file < other.file ? -1 : 1));
if (!outputs.some(({ text }) => givesNames(text))) throw new Error('esbuild gives names in another way than it did');
const settled = new Map(outputs.map(({ file, text }) => [file, settledIn(text)]));
if (![...settled.values()].some(({ size }) => size > 0)) throw new Error('esbuild exports in another way than it did');
const isProgram = ({ file }) => file.endsWith('.js');
for (const { file, text } of outputs.filter((output) => !isProgram(output))) writeFileSync(`${outdir}/${file}`, text);
const functions = await Promise.all(
  outputs.filter(isProgram).map(async ({ file, text }) => ({ file, ...(await asFunction(file, text, settled)) })),
);
for (const { file, code, map } of functions) {
  texts.update(file).update(code);
  writeFileSync(`${outdir}/${file}`, code);
  writeFileSync(`${outdir}/${file}.map`, map);
}

const buildName = texts.digest('hex').slice(0, 16);
const entries = bundles.flatMap(({ metafile }) =>
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
writeFileSync(inputsFile, inputs); // last: a build that was cut off is made again
