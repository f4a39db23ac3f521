import { setImmediate } from 'node:timers/promises';

/** How long one turn of the event loop may be kept busy. */
const maxTurnMs = 2;
let turnStartedAt = 0;

/**
 * Lets pending I/O be processed where it had no chance for a while. While Baileys encrypts, everything it awaits is there already, so that a
 * series of messages would otherwise block the event loop until the last one.
 */
export const yieldToEventLoop = async (): Promise<void> => {
  if (performance.now() - turnStartedAt < maxTurnMs) return;
  await setImmediate();
  turnStartedAt = performance.now();
};
