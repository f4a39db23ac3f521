import type { WhatsAppLogger } from '../port.js';

/** The logger that Baileys expects. */
export type BaileysLogger = {
  level: string;
  child(): BaileysLogger;
  trace(details: unknown, message?: string): void;
  debug(details: unknown, message?: string): void;
  info(details: unknown, message?: string): void;
  warn(details: unknown, message?: string): void;
  error(details: unknown, message?: string): void;
};

const nothing = (): void => undefined;

/** Warnings of Baileys that come with every linking, and with ends of connections that are reported anyway. */
const usual: ReadonlySet<string> = new Set([
  'stream errored out',
  'no name present, ignoring presence update request...',
]);

/**
 * Passes on the warnings and errors of Baileys, without their details: these contain stanzas, jids and keys. Only the name and message of an
 * error are kept, with numbers masked that could be someone's. Errors become warnings, since everything that matters is also reported.
 * `onSyncAction` gets what Baileys traces of an action of another device of the account.
 */
export const baileysLogger = (
  sessionId: string,
  log: WhatsAppLogger,
  onSyncAction: (details: unknown) => void = nothing,
): BaileysLogger => {
  const pass = (details: unknown, message?: string): void => {
    const text = message ?? (typeof details === 'string' ? details : 'Baileys logged an object without a message');
    const cause = errorIn(details);
    log[usual.has(text) ? 'debug' : 'warn']({ sessionId, ...(cause && { cause: masked(cause) }) }, masked(text));
  };
  const logger: BaileysLogger = {
    level: 'warn',
    child: () => logger,
    trace: (details, message) => {
      if (message === 'processing sync action') onSyncAction(details);
    },
    debug: nothing,
    info: nothing,
    warn: pass,
    error: pass,
  };
  return logger;
};

const masked = (text: string): string => text.replaceAll(/\d{5,}/g, '…').slice(0, 300);

const errorIn = (details: unknown): string | undefined => {
  if (typeof details !== 'object' || details === null) return undefined;
  const { err, error, e, trace, uploadError } = details as Readonly<Record<string, unknown>>;
  const found = err ?? error ?? e ?? trace ?? uploadError;
  if (found instanceof Error) return `${found.name}: ${found.message}`;
  return typeof found === 'string' ? found.split('\n')[0] : undefined;
};
