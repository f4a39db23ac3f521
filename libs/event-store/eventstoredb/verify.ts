import type { Damage, Verification } from '../port.js';
import type { Decoded } from './decoder.js';

const maxCorrupt = 100;

/** Checks the order of events, and that they can be read. The server checks their bytes whenever it reads them. */
export const verifyLog = async (events: AsyncIterable<Decoded>, head: number): Promise<Verification> => {
  const corrupt: Damage[] = [];
  let count = 0;
  let lastPosition = 0;
  for await (const { event, problem: unreadable } of events) {
    const { position } = event;
    const problem = unreadable ?? (position <= lastPosition ? 'it does not come after the event before it' : undefined);
    if (problem && corrupt.length < maxCorrupt) corrupt.push({ position, problem });
    count += 1;
    lastPosition = position;
  }
  return { events: count, lastPosition: Math.max(lastPosition, head), corrupt };
};
