import type { Damage, StoredEvent, Verification } from '../port.js';

const maxCorrupt = 100;

/** Checks the order of events, and that they are ones that this program writes. The server checks their bytes whenever it reads them. */
export const verifyLog = async (events: AsyncIterable<StoredEvent>, head: number): Promise<Verification> => {
  const corrupt: Damage[] = [];
  let count = 0;
  let lastPosition = 0;
  for await (const event of events) {
    const problem = problemOf(event, lastPosition);
    if (problem && corrupt.length < maxCorrupt) corrupt.push({ position: event.position, problem });
    count += 1;
    lastPosition = event.position;
  }
  return { events: count, lastPosition: Math.max(lastPosition, head), corrupt };
};

const problemOf = ({ position, data, metadata }: StoredEvent, previous: number): string | undefined => {
  if (position <= previous) return 'It does not come after the event before it';
  if (data === undefined) return 'Its data is not JSON';
  const isComplete = typeof metadata.correlationId === 'string' && typeof metadata.schemaVersion === 'number';
  return isComplete ? undefined : 'Its metadata is incomplete';
};
