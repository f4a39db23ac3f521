import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Where Nest prints that it could not start: whoever starts it gets the same error. */
const failedStart = 'ExceptionHandler';

/** Nest's own lines in the service's log. What it does to start is of interest only to who develops the service. */
export class NestLog implements LoggerService {
  constructor(private readonly to: Logger) {}

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.to.debug({ context: contextIn(rest) }, String(message));
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.to.warn({ context: contextIn(rest) }, String(message));
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    const context = contextIn(rest);
    if (context === failedStart) return;
    this.to.error({ context, ...(message instanceof Error && { err: message }) }, String(message));
  }
}

/** Nest passes it last. */
const contextIn = (rest: readonly unknown[]): unknown => rest.at(-1);
