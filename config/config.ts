import { existsSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from '#lib/operator-error';

const port = z.coerce.number().int().min(0).max(65_535);

const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'Must be addresses or ranges (CIDR)');
const addresses = z
  .string()
  .transform((list) => list.split(',').map((part) => part.trim()))
  .pipe(z.array(address));

/** Every variable that is read, with its default. `.env.example` lists the same. */
export const variables = z.object({
  PORT: port.default(3000).describe('Where HTTP listens; 0 takes any free port.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('The address that HTTP listens on.'),
  WAYBILL_DATA_DIR: z.string().min(1).default('./data').describe('Everything embedded lives here.'),
  WAYBILL_ADMIN_EMAIL: z
    .email()
    .toLowerCase()
    .optional()
    .describe('The first owner, made when there is no admin; admin@waybill.local unless given.'),
  WAYBILL_ADMIN_PASSWORD: z
    .string()
    .min(8)
    .max(200)
    .optional()
    .describe("The first owner's password; generated and printed once unless given."),
  WAYBILL_MASTER_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'Must be 32 bytes in base64')
    .optional()
    .describe('32 bytes, base64: every other key comes from it. Generated into the data directory unless given.'),
  WAYBILL_TRUSTED_PROXIES: addresses
    .default([])
    .describe('Addresses or ranges, parted by commas, whose X-Forwarded-For is believed.'),
  WAYBILL_WHATSAPP: z
    .enum(['live', 'sandbox'])
    .default('live')
    .describe('WhatsApp itself, or the sandbox that stands in for it.'),
  WAYBILL_SANDBOX_URL: z
    .url({ protocol: /^wss?$/ })
    .optional()
    .describe('The WebSocket (ws://…) of a sandbox that is running; one is started beside the service unless given.'),
  WAYBILL_SANDBOX_CA: z
    .string()
    .optional()
    .describe("That sandbox's certificate authority: a PEM file, or what is in it. Media needs it."),
  WAYBILL_MAX_SESSIONS: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(50)
    .describe('How many sessions all users together may have.'),
  WAYBILL_MESSAGES_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(6_000)
    .optional()
    .describe('How many messages may leave each session in a minute; as many as can unless given.'),
  WAYBILL_MESSAGES_JITTER: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('How much of the pause between two of them is left to chance, from 0 to 1.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
  SANDBOX_PORT: port.default(3100).describe('The sandbox: its WhatsApp port.'),
  SANDBOX_CONTROL_PORT: port.default(3101).describe('The sandbox: its control port.'),
});

export type Config = z.output<typeof variables>;

/** A variable has a value that cannot be used. The message names the variable and what is wrong, never the value. */
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
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new InvalidConfig(`The configuration cannot be used:\n${problems.join('\n')}`);
};

/** Names that look like ours and are not: most likely misspelt. */
export const unknownVariables = (environment: NodeJS.ProcessEnv): readonly string[] =>
  Object.keys(environment).filter((name) => /^(WAYBILL|SANDBOX)_/.test(name) && !(name in variables.shape));

/** The environment, after a file `.env` in the working directory, if there is one, has been added to it. What is set already wins. */
export const environment = (): NodeJS.ProcessEnv => {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
};
