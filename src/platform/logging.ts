import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { prettyFactory } from 'pino-pretty';
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

type LogSettings = Pick<Config, 'LOG_LEVEL' | 'LOG_FORMAT'>;

/**
 * The service's log on standard output, without secrets and message bodies: JSON lines, or short lines for people. Warnings and errors are
 * written at once.
 */
export const createLogger = (
  { LOG_LEVEL, LOG_FORMAT }: Partial<LogSettings>,
  destination?: NodeJS.WritableStream,
): Logger => {
  const options: LoggerOptions = {
    level: LOG_LEVEL ?? 'info',
    redact: { paths: secrets.flatMap(at), censor: '[redacted]' },
    serializers: { err: pino.stdSerializers.err },
    hooks: {
      logMethod(line, log, level) {
        log.apply(this, line);
        if (level >= urgent) this.flush();
      },
    },
  };
  const isPretty = destination ? LOG_FORMAT === 'pretty' : isForPeople({ LOG_FORMAT });
  if (isPretty) return pino(options, prettyLines(destination ?? process.stdout));
  return pino(options, destination ?? pino.destination({ fd: 1, sync: false, ...batching }));
};

/** Whether somebody reads along: the log is in a terminal, or is asked for as in one. */
export const isForPeople = ({ LOG_FORMAT }: Pick<LogSettings, 'LOG_FORMAT'>): boolean =>
  LOG_FORMAT === undefined ? process.stdout.isTTY : LOG_FORMAT === 'pretty';

const prettyLines = (destination: NodeJS.WritableStream): DestinationStream => {
  const pretty = prettyFactory({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true });
  return { write: (line) => void destination.write(pretty(line)) };
};

/**
 * The same log, for lines whose fields are all known to be harmless: searching a line for secrets costs more than writing it.
 */
export const withoutRedaction = (logger: Logger): Logger => logger.child({}, { redact: [] });
