import type { WhatsAppLogger } from '../port.js';

/** What Baileys wants of a logger. */
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

/**
 * Lets through what Baileys warns of, without what it warns about: its details hold stanzas, jids and keys, so of them only the name and
 * the words of an error are kept, and of those no number that could be somebody's. Baileys' errors are warnings to us: whatever matters
 * of them is reported as a fact.
 */
export const baileysLogger = (sessionId: string, log: WhatsAppLogger): BaileysLogger => {
  const pass = (details: unknown, message?: string): void => {
    const text = message ?? (typeof details === 'string' ? details : 'Baileys reported something');
    const cause = errorIn(details);
    log.warn({ sessionId, ...(cause && { cause: masked(cause) }) }, masked(text));
  };
  const logger: BaileysLogger = {
    level: 'warn',
    child: () => logger,
    trace: nothing,
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
