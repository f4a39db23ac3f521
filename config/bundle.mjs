/*
 * Puts the compiled programs, their threads and nearly everything that they import into a few files in `dist/app`: Node needs about a
 * millisecond for each file that it loads, and the service alone has two and a half thousand of them.
 *
 * All files lie side by side, so `new URL('./x.worker.js', import.meta.url)` means the same in each of them. A thread's file therefore
 * needs a name that no other has.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

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
  'whatsapp-rust-bridge',
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

/** CommonJS packages in an ES module ask for these. */
const commonJs = [
  "import { createRequire as createBundleRequire } from 'node:module';",
  'const require = createBundleRequire(import.meta.url);',
  'const { filename: __filename, dirname: __dirname } = import.meta;',
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
  outdir: 'dist/app',
  chunkNames: '[name]-[hash]',
  keepNames: true, // Nest and the log name classes
  metafile: true,
  sourcemap: 'linked',
  // The text of a program stays in memory.
  minifyWhitespace: true,
  legalComments: 'linked',
  lineLimit: 160, // for the lines that stack traces name, and those that Node prints with an error
  banner: { js: commonJs.join('\n') },
  logLevel: 'warning',
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

/** What the engine kept of programs that were built before. */
rmSync('dist/app/compiled', { recursive: true, force: true });

const written = built.flatMap(({ metafile }) => Object.keys(metafile.outputs)).filter((name) => name.endsWith('.js'));

/**
 * Nearly everything has its name by itself. Giving it to functions that are made again and again, such as those within others, takes ten times
 * as long as looking.
 */
const naming = '__name=(target,value)=>__defProp(';
const namers = written.filter((file) => readFileSync(file, 'utf8').includes(naming));
if (namers.length === 0) throw new Error('esbuild gives names in another way than it did');
for (const file of namers) {
  const checked = naming.replace('__defProp(', 'target.name===value?target:__defProp(');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(naming, checked));
}

/** The engine keeps the text of a whole file in two bytes a character where one is beyond Latin 1. esbuild escapes those in strings. */
for (const file of written) {
  const [found] = /.{0,40}[\u0100-\u{10ffff}].{0,20}/u.exec(readFileSync(file, 'utf8')) ?? [];
  if (found !== undefined) throw new Error(`Doubles the memory that ${file} takes, write it as \\u....: ${found}`);
}
