import { Session } from 'node:inspector/promises';

/**
 * Gives the memory that loading the program took, and its heap keeps in reserve, back to the system. Blocks for a tenth of a second or
 * two: meant for the moment before the service listens.
 */
export const releaseSpareMemory = async (): Promise<void> => {
  const session = new Session();
  session.connect();
  // The engine's answer to a system that is short of memory: unlike a plain collection, it also shrinks the heap.
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
};
