import { pino, type Logger, type LoggerOptions } from 'pino';
import type { Config } from '#config';

/** Values under these names are redacted, wherever they are in a log line. */
const secrets = [
  'authorization',
  'cookie',
  'x-api-key',
  'password',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'key',
  'qr',
  'body',
  'text',
  'creds',
];

/** Property names with dashes need brackets in a redaction path. */
const at = (name: string) =>
  /^\w+$/.test(name) ? [name, `*.${name}`, `*.*.${name}`] : [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`];

/** Log lines are batched: a write costs more than a line. In milliseconds and characters. */
const batching = { periodicFlush: 100, minLength: 4096 };
const urgent = pino.levels.values['warn'] ?? 0;

/** The service's log: JSON lines on standard output, without secrets and message bodies. Warnings and errors are written at once. */
export const createLogger = ({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, destination?: NodeJS.WritableStream): Logger => {
  const options: LoggerOptions = {
    level: LOG_LEVEL,
    redact: { paths: secrets.flatMap(at), censor: '[redacted]' },
    serializers: { err: pino.stdSerializers.err },
    hooks: {
      logMethod(line, log, level) {
        log.apply(this, line);
        if (level >= urgent) this.flush();
      },
    },
  };
  return pino(options, destination ?? pino.destination({ fd: 1, sync: false, ...batching }));
};

/**
 * The same log, for lines whose fields are all known to be harmless: searching a line for secrets costs more than writing it.
 */
export const withoutRedaction = (logger: Logger): Logger => logger.child({}, { redact: [] });
