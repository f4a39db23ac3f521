import { readFileSync } from 'node:fs';

const {
  exclude: _exclude,
  $schema: _schema,
  ...swcrc
} = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
const typescript = { ...swcrc, swcrc: false, sourceMaps: 'inline', module: { type: 'commonjs' } };
const javascript = {
  swcrc: false,
  sourceMaps: false,
  isModule: 'unknown',
  module: { type: 'commonjs' },
  jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
};

/** Large packages that Jest can run as they are: finding out whether each of their files needs to be compiled takes half a second. */
const commonJs = [
  '@aws-sdk',
  '@grpc',
  '@smithy',
  '@swc',
  '@zxcvbn-ts',
  'ajv',
  'avvio',
  'better-sqlite3',
  'bson',
  'es-toolkit',
  'fast-check',
  'fastify',
  'find-my-way',
  'google-protobuf',
  'jsonwebtoken',
  'libphonenumber-js',
  'luxon',
  'mongodb',
  'mongoose',
  'pino',
  'pino-pretty',
  'pngjs',
  'prom-client',
  'protobufjs',
  'pure-rand',
  'qrcode',
  'reflect-metadata',
  'ret',
  'rxjs',
  'semver',
  'sharp',
  'typescript',
  'undici',
  'ws',
];

const base = {
  testEnvironment: '<rootDir>/config/spec-environment.config.ts',
  transform: { '^.+\\.ts$': ['@swc/jest', typescript], '/node_modules/.+\\.m?js$': ['@swc/jest', javascript] },
  transformIgnorePatterns: [`/node_modules/(${commonJs.join('|')})/`],
  moduleNameMapper: {
    '^file-type$': '<rootDir>/node_modules/file-type/index.js',
    '^whatsapp-rust-bridge$': '<rootDir>/node_modules/whatsapp-rust-bridge/dist/index.js',
    '^@actions/([^/]+)$': '<rootDir>/node_modules/@actions/$1/dist/index.js',
    '^@actions/([^/]+)/(.*)$': '<rootDir>/node_modules/@actions/$1/dist/$2.js',
    '^#lib/(.*)$': '<rootDir>/libs/$1/index.ts',
    '^#config$': '<rootDir>/config/config.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1'],
  },
  setupFiles: ['reflect-metadata'],
};

/** @type {import('jest').Config} */
export default {
  // Three times the cores of the smallest machine: system specs wait for half of their time. All of them together take 10 GB of memory where
  // the machine has them.
  maxWorkers: 6,
  testSequencer: '<rootDir>/config/test-order.config.js',
  // Generous: tests wait for conditions, and slow machines reach them late.
  testTimeout: 180_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{src,libs,config}/**/*.spec.ts'] },
    {
      ...base,
      displayName: 'system',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      globalSetup: '<rootDir>/config/shared-waybill/setup.config.js',
      globalTeardown: '<rootDir>/config/shared-waybill/teardown.config.js',
    },
  ],
};
