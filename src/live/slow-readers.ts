import { pause } from '#lib/async';
import type { End, LiveConnection } from './live-readers.js';

/** Whoever takes nothing for so long is cut. */
const stallTimeoutMs = 15_000;

export const slow: End = { code: 'slow_reader', detail: 'You read too slowly: connect again and resume' };

/** Whether the other end takes what was written, before it is to be cut, or the signal. */
export const takesAgain = async (
  connection: Pick<LiveConnection, 'drained'>,
  closing: AbortSignal,
): Promise<boolean> => {
  const waiting = new AbortController();
  const signal = AbortSignal.any([waiting.signal, closing]);
  try {
    return await Promise.race([connection.drained().then(() => true), pause(stallTimeoutMs, signal).then(() => false)]);
  } finally {
    waiting.abort();
  }
};
