import type { Damage, Verification } from '../port.js';
import type { Decoded } from './decoder.js';

const maxCorrupt = 100;

/** Checks the order of events, and that they can be read: those after a position. The server checks their bytes whenever it reads them. */
export const verifyLog = async (events: AsyncIterable<Decoded>, after = 0): Promise<Verification> => {
  const corrupt: Damage[] = [];
  let count = 0;
  let lastPosition = after;
  let isFirst = true;
  for await (const { event, problem: unreadable } of events) {
    const { position } = event;
    const isStart = isFirst && after > 0 && position === after;
    isFirst = false;
    if (isStart) continue;
    const problem = unreadable ?? (position <= lastPosition ? 'it does not come after the event before it' : undefined);
    if (problem && corrupt.length < maxCorrupt) corrupt.push({ position, problem });
    count += 1;
    lastPosition = position;
  }
  return { events: count, lastPosition, corrupt };
};
