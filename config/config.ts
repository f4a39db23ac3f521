import { existsSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from '#lib/operator-error';
import { addresses } from './addresses.js';
import { backupProblems, backupVariables } from './backups.js';
import { httpVariables } from './http.js';

const port = z.coerce.number().int().min(0).max(65_535);

const bytes = z.coerce.number().int().min(1).max(4_000_000_000);

/** What a process does: answer requests; hold the connections to WhatsApp and send; do the work that follows from the log. */
const roles = ['api', 'sessions', 'workers'] as const;
export type Role = (typeof roles)[number];

/** Every variable that Waybill reads, with its default. `.env.example` lists the same. */
export const variables = z.object({
  PORT: port.default(3000).describe('The port of the HTTP server; 0 takes any free port.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('The address that the HTTP server listens on.'),
  WAYBILL_DATA_DIR: z.string().min(1).default('./data').describe('The directory for all embedded data.'),
  WAYBILL_ROLES: z
    .string()
    .transform((list) => list.split(',').map((part) => part.trim()))
    .pipe(z.array(z.enum(roles, `Must be some of ${roles.join(', ')}, separated by commas`)).min(1))
    .default([...roles])
    .describe(
      'What this process does, of api, sessions and workers; by default all. Further processes have api alone, beside one that has sessions and workers.',
    ),
  EVENTSTORE_URL: z
    .string()
    .optional()
    .describe(
      'The server of EventStoreDB or KurrentDB (kurrentdb://…) that keeps the log; by default a file keeps it.',
    ),
  EVENTSTORE_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.]{0,63}$/, 'Must be letters, digits, dots and underscores, at most 64')
    .optional()
    .describe('Comes before the name of each stream there, for installations that share a server; by default nothing.'),
  MONGODB_URI: z
    .string()
    .optional()
    .describe(
      'The server or replica set of MongoDB (mongodb://…) that keeps all but the log and the key; by default files do.',
    ),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'Must be the name of a bucket: 3 to 63 of a-z, 0-9, dots and hyphens')
    .optional()
    .describe(
      'The bucket that keeps the files of users, on Amazon S3 or a server like it; by default a directory does.',
    ),
  S3_REGION: z.string().optional().describe("The bucket's region; what the server is set up with where it has none."),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'Must be a URL that starts with https:// or http://' })
    .optional()
    .describe('The server of the bucket (https://…); by default that of Amazon in the region.'),
  S3_ACCESS_KEY_ID: z.string().optional().describe('The id of the key that may use the bucket.'),
  S3_SECRET_ACCESS_KEY: z.string().optional().describe("That key's secret."),
  S3_FORCE_PATH_STYLE: z
    .stringbool({ error: 'Must be true or false' })
    .default(false)
    .describe(
      'Whether the name of the bucket is part of the path, not of the host: true for most servers of your own.',
    ),
  S3_PREFIX: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*\/?$/, 'Must be names of letters, digits, dots, hyphens and _, separated by /')
    .optional()
    .describe('Comes before the name of each file in the bucket, for those that are shared; by default nothing.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'Must be a URL that starts with redis:// or rediss://' })
    .optional()
    .describe(
      'The Redis server (redis://…) by which several processes count requests together and ask each other; one process needs none.',
    ),
  WAYBILL_REDIS_AWAY: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('While Redis is away: each process counts alone (open), or requests are refused (closed).'),
  WAYBILL_ADMIN_EMAIL: z
    .email()
    .toLowerCase()
    .optional()
    .describe('Email address of the first owner, created when there is no admin; default admin@waybill.local.'),
  WAYBILL_ADMIN_PASSWORD: z
    .string()
    .min(8)
    .max(200)
    .optional()
    .describe("The first owner's password; by default generated and printed once."),
  WAYBILL_MASTER_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'Must be 32 bytes in base64')
    .optional()
    .describe('32 bytes, base64: all other keys are derived from it. By default generated into the data directory.'),
  ...httpVariables,
  WAYBILL_WHATSAPP: z
    .enum(['live', 'sandbox'])
    .default('live')
    .describe('The real WhatsApp, or the sandbox in its place.'),
  WAYBILL_SANDBOX_URL: z
    .url({ protocol: /^wss?$/ })
    .optional()
    .describe('The WebSocket URL (ws://…) of a running sandbox; by default one is started beside the service.'),
  WAYBILL_SANDBOX_CA: z
    .string()
    .optional()
    .describe("That sandbox's certificate authority: a PEM file or its content. Needed for media."),
  WAYBILL_MAX_SESSIONS: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(50)
    .describe('Maximum number of sessions of all users together.'),
  WAYBILL_UNPAIRED_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_650)
    .default(7)
    .describe('Days after which a session that was never linked to a phone is deleted; 0 keeps it for good.'),
  WAYBILL_MESSAGES_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(6_000)
    .optional()
    .describe(
      'How many messages each session sends per minute at the most; by default 20 with the real WhatsApp, unlimited in the sandbox.',
    ),
  WAYBILL_MESSAGES_JITTER: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('The random part of the pause between two messages, from 0 to 1.'),
  WAYBILL_MAX_SCHEDULE_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(365)
    .describe('How many days ahead a message may be scheduled.'),
  WAYBILL_OUTBOUND_ALLOW: addresses
    .default([])
    .describe(
      'Comma-separated addresses or ranges (CIDR) that URLs of users may lead to although they are not public.',
    ),
  WAYBILL_OUTBOUND_CA: z
    .string()
    .optional()
    .describe(
      'Certificate authorities that URLs and proxies of users may rely on beside the usual ones: a PEM file or its content.',
    ),
  WAYBILL_MEDIA_MAX_IMAGE: bytes.default(5_242_880).describe('Maximum size of a picture, in bytes.'),
  WAYBILL_MEDIA_MAX_VIDEO: bytes.default(16_777_216).describe('Maximum size of a video, in bytes.'),
  WAYBILL_MEDIA_MAX_AUDIO: bytes.default(16_777_216).describe('Maximum size of an audio file, in bytes.'),
  WAYBILL_MEDIA_MAX_DOCUMENT: bytes
    .default(104_857_600)
    .describe('Maximum size of a document, and of any file that is received, in bytes.'),
  WAYBILL_MEDIA_MAX_STICKER: bytes.default(512_000).describe('Maximum size of a sticker, in bytes.'),
  WAYBILL_MEDIA_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(30)
    .describe('How many days a file is kept; 0 keeps it for good.'),
  WAYBILL_DELIVERY_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_650)
    .default(30)
    .describe('How many days what became of a delivery to a webhook is shown; 0 shows it for good.'),
  WAYBILL_MESSAGE_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('How many days the content of messages is kept, for users without a value of their own; 0 for good.'),
  WAYBILL_MEDIA_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('How many bytes the files of all users may have together; the oldest are removed. By default unlimited.'),
  WAYBILL_REQUEST_LOG_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_650)
    .default(30)
    .describe('How many days requests are kept in the log of requests; 0 keeps none. They are counted all the same.'),
  ...backupVariables,
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The lowest level that is logged.'),
  LOG_FORMAT: z
    .enum(['pretty', 'json'])
    .optional()
    .describe('Short lines for people (pretty) or JSON lines (json); default pretty in a terminal, otherwise json.'),
  SANDBOX_PORT: port.default(3100).describe("The sandbox's WhatsApp port."),
  SANDBOX_CONTROL_PORT: port.default(3101).describe("The sandbox's control port."),
});

export type Config = z.output<typeof variables>;

/** A variable has an invalid value. The message names the variable and what is wrong, never the value. */
export class InvalidConfig extends OperatorError {
  override readonly name = 'InvalidConfig';
}

/**
 * Reads the configuration. An empty variable counts as absent.
 * @throws {InvalidConfig} naming every variable that is wrong.
 */
export const readConfig = (environment: NodeJS.ProcessEnv): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given, { reportInput: false });
  const invalid = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  const roles = parsed.data?.WAYBILL_ROLES ?? [];
  const missing = [...missingOfBucket(given), ...backupProblems(given), ...problemsOfRoles(roles, given)];
  const problems = [...invalid, ...missing].map((problem) => `  ${problem}`);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new InvalidConfig(`Invalid configuration:\n${problems.join('\n')}`);
};

/** What processes share that work together. */
const shared = ['EVENTSTORE_URL', 'MONGODB_URI', 'REDIS_URL'] as const;

/** Sessions and workers are one process's; without them, a process needs what it shares with that one. */
const problemsOfRoles = (roles: readonly Role[], given: NodeJS.ProcessEnv): readonly string[] => {
  if (roles.includes('sessions') !== roles.includes('workers'))
    return ['WAYBILL_ROLES: sessions and workers belong to the same process: name both or none'];
  if (roles.length === 0 || roles.includes('sessions')) return [];
  return shared
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: Is missing: a process that has the role api alone needs ${shared.join(', ')}`);
};

const ofBucket = ['S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;

/** A bucket that is named in part is no reason to keep the files elsewhere. */
const missingOfBucket = (given: NodeJS.ProcessEnv): readonly string[] => {
  const alsoForBackups = given['WAYBILL_BACKUP_TO']?.startsWith('s3://') === true;
  const ofFiles = alsoForBackups ? ['S3_BUCKET', 'S3_PREFIX'] : [...ofBucket, 'S3_ENDPOINT', 'S3_PREFIX'];
  const set = ofFiles.find((name) => given[name] !== undefined);
  if (set === undefined) return [];
  return ofBucket
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: Is missing, and ${set} is set: a bucket needs ${ofBucket.join(', ')}`);
};

/** Variables with our prefix that nothing reads: probably misspelt. */
export const unknownVariables = (environment: NodeJS.ProcessEnv): readonly string[] =>
  Object.keys(environment).filter(
    (name) => /^(WAYBILL|SANDBOX|EVENTSTORE|MONGODB|REDIS|S3)_/.test(name) && !(name in variables.shape),
  );

/** The environment, completed from a file `.env` in the working directory if there is one. The environment wins. */
export const environment = (): NodeJS.ProcessEnv => {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
};
