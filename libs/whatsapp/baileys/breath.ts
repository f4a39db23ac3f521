import { setImmediate } from 'node:timers/promises';

/** So many milliseconds of work may follow on each other in one turn of the event loop. */
const longestTurn = 2;
let begun = 0;

/**
 * Lets whatever came over the sockets have its turn, where none was for a while. What Baileys awaits while it encrypts is there at once, so
 * that one message after the other would keep the thread for as long as there are any.
 */
export const breathe = async (): Promise<void> => {
  if (performance.now() - begun < longestTurn) return;
  await setImmediate();
  begun = performance.now();
};
