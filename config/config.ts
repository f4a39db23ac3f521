import { existsSync } from 'node:fs';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** Every variable that is read, with its default. `.env.example` lists the same. */
export const variables = z.object({
  PORT: port.default(3000).describe('Where HTTP listens; 0 takes any free port.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('The address that HTTP listens on.'),
  WAYBILL_DATA_DIR: z.string().min(1).default('./data').describe('Everything embedded lives here.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
  SANDBOX_PORT: port.default(3100).describe('The sandbox: its WhatsApp port.'),
  SANDBOX_CONTROL_PORT: port.default(3101).describe('The sandbox: its control port.'),
});

export type Config = z.output<typeof variables>;

/** A variable has a value that cannot be used. The message names the variable and what is wrong, never the value. */
export class InvalidConfig extends Error {
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
