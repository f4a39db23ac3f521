import { Session } from 'node:inspector/promises';

/**
 * Gives the memory that loading its program took, and the heap of the calling thread keeps in reserve, back to the system. Blocks the thread,
 * the main one for a tenth of a second or two: meant for the moment before it has work to do.
 */
export const releaseSpareMemory = async (): Promise<void> => {
  const session = new Session();
  session.connect();
  // The engine's answer to a system that is short of memory: unlike a plain collection, it also shrinks the heap.
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
};
