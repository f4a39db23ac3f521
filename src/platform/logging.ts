import { pino, type Logger } from 'pino';
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

/** The log of the service: JSON lines on standard output, without secrets and message bodies. */
export const createLogger = ({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, destination?: NodeJS.WritableStream): Logger => {
  const options = {
    level: LOG_LEVEL,
    redact: { paths: secrets.flatMap(at), censor: '[redacted]' },
    serializers: { err: pino.stdSerializers.err },
  };
  return destination ? pino(options, destination) : pino(options);
};

/**
 * The same log, for lines of which every field is known to be harmless: looking for secrets in a line costs more than all the rest of it.
 */
export const withoutRedaction = (logger: Logger): Logger => logger.child({}, { redact: [] });
