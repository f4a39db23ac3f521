import { pino, type Logger, type LoggerOptions } from 'pino';
import type { Config } from '#config';

/** Wherever one of these stands in what is logged, its value is not. */
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

/** Each write costs more than the line that it is for. How long a line waits for others at most, in milliseconds, and for how many characters. */
const gathering = { periodicFlush: 100, minLength: 4096 };
const urgent = pino.levels.values['warn'] ?? 0;

/** The log of the service: JSON lines on standard output, without secrets and message bodies. Warnings and worse are written at once. */
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
  return pino(options, destination ?? pino.destination({ fd: 1, sync: false, ...gathering }));
};

/**
 * The same log, for lines of which every field is known to be harmless: looking for secrets in a line costs more than all the rest of it.
 */
export const withoutRedaction = (logger: Logger): Logger => logger.child({}, { redact: [] });
