/** The architecture as rules: see docs/architecture.md. */
const contexts = '^src/(?!platform/)([^/]+)/';
const adapters = [
  '^libs/sqlite/',
  '^libs/mongo/',
  '^libs/s3/',
  '^libs/[^/]+/sqlite/',
  '^libs/[^/]+/eventstoredb/',
  '^libs/[^/]+/mongo/',
  '^libs/[^/]+/redis/',
  '^libs/[^/]+/directory/',
  '^libs/[^/]+/s3/',
  '^libs/[^/]+/baileys/',
];
/** Where adapters are chosen and opened. */
const openers = [
  '^src/platform/(stores|vault|database)\\.ts$',
  '^src/platform/http/open-counters\\.ts$',
  '^src/platform/request-log/open-request-log\\.ts$',
  '^src/platform/processes/open-calls\\.ts$',
  '^src/sessions/whatsapp/open-whatsapp\\.ts$',
  '^src/operations/renew\\.ts$',
  '^src/operations/backup/(alone|copy-directory|copy-stores|make-backup|open-place|request-counts|restore)\\.ts$',
  '^src/operations/migrate-stores/',
  '^src/media/open-files\\.ts$',
];
/** Libraries that compute and do nothing else: no driver, no I/O, no state. */
const pureLibraries = ['node_modules/ipaddr\\.js/'];
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'libs-know-nothing-of-src', severity: 'error', from: { path: '^libs/' }, to: { path: '^(src|config)/' } },
    { name: 'no-nest-in-libs', severity: 'error', from: { path: '^libs/' }, to: { path: 'node_modules/@nestjs' } },
    {
      name: 'a-context-shows-only-its-contract',
      severity: 'error',
      comment: 'Another context may be imported only through its *.contract.ts.',
      from: { path: contexts },
      to: { path: contexts, pathNot: ['^src/$1/', '\\.contract\\.ts$'] },
    },
    {
      name: 'platform-knows-no-context',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: contexts },
    },
    {
      name: 'contracts-are-types-and-schemas',
      severity: 'error',
      comment: 'A contract imports other contracts, zod and the pure libs; of all else, types only.',
      from: { path: '^src/.*\\.contract\\.ts$' },
      to: {
        pathNot: [
          '\\.contract\\.ts$',
          '^src/[^/]+/content/',
          '^libs/(event-sourcing|ids|time-zones)/',
          '^libs/whatsapp/[^/]+\\.ts$',
          '^libs/read-models/(index|collection|write|port)\\.ts$',
          'node_modules/zod/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'contracts-know-no-edge',
      severity: 'error',
      comment: 'Not even a type of the framework or of HTTP: who calls is no matter of HTTP alone.',
      from: { path: '^src/.*\\.contract\\.ts$' },
      to: {
        path: ['node_modules/(@nestjs|fastify)/', '^src/platform/openapi/', '/http/'],
        pathNot: ['\\.contract\\.ts$', '^src/platform/http/caller\\.ts$'],
      },
    },
    {
      name: 'pure-files-are-pure',
      severity: 'error',
      comment:
        'Deciders, sagas, projections, rules and commands import only contracts, commands, rules and the pure libs.',
      from: { path: '\\.(decider|saga|projection|rules|commands)\\.ts$' },
      to: {
        pathNot: [
          '\\.(contract|commands|rules)\\.ts$',
          '^src/[^/]+/content/',
          '^libs/event-sourcing/',
          '^libs/async/policy/',
          '^libs/time-zones/',
          '^libs/whatsapp/[^/]+\\.ts$',
          '^libs/read-models/(index|collection|write|port)\\.ts$',
          ...pureLibraries,
        ],
      },
    },
    {
      name: 'commands-are-types',
      severity: 'error',
      comment: 'Commands that only the context itself gives: types of plain JSON.',
      from: { path: '\\.commands\\.ts$' },
      to: { pathNot: ['\\.contract\\.ts$', '^libs/event-sourcing/', '^libs/whatsapp/index\\.ts$'] },
    },
    {
      name: 'content-is-pure',
      severity: 'error',
      comment: 'Kinds of content import only each other, zod, a reader of vCards and the port of WhatsApp.',
      from: { path: '^src/[^/]+/content/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^src/[^/]+/content/', 'node_modules/(zod|ical.js)/', '^libs/whatsapp/index\\.ts$'] },
    },
    {
      name: 'event-sourcing-is-pure',
      severity: 'error',
      comment: 'The core does no I/O: it may import only itself, zod and the pure part of read-models.',
      from: { path: '^libs/event-sourcing/', pathNot: ['\\.spec\\.ts$', '^libs/event-sourcing/testing/'] },
      to: { pathNot: ['^libs/event-sourcing/', '^libs/json/', '^libs/read-models/', 'node_modules/zod/'] },
    },
    {
      name: 'drivers-stay-in-their-adapter',
      severity: 'error',
      from: { pathNot: [...adapters, '^test/', '^libs/whatsapp-sandbox/'] },
      to: {
        path: [
          'mongoose',
          'mongodb',
          '@eventstore',
          'better-sqlite3',
          '@whiskeysockets',
          'ioredis',
          'libsignal',
          '@aws-sdk',
        ].map((driver) => `node_modules/${driver}/`),
      },
    },
    {
      name: 'adapters-are-opened-in-one-place',
      severity: 'error',
      comment: 'All else speaks to the port, and does not know which adapter stands behind it.',
      from: { pathNot: [...adapters, ...openers, '^test/', '^libs/whatsapp-sandbox/', '\\.spec\\.ts$'] },
      to: { path: adapters },
    },
    {
      name: 'cqrs-stays-behind-the-buses',
      severity: 'error',
      from: { pathNot: ['^src/platform/bus/', '^src/platform/command-context\\.ts$'] },
      to: { path: 'node_modules/@nestjs/cqrs/' },
    },
    {
      name: 'only-config-reads-the-environment',
      severity: 'error',
      from: { path: '^(src|libs)/', pathNot: '^src/[^/]+\\.ts$' },
      to: { path: '^config/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'product-knows-no-test', severity: 'error', from: { path: '^(src|libs|config)/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
