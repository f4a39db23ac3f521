import { Session } from 'node:inspector/promises';
import { performance } from 'node:perf_hooks';

const lookEveryMs = 2000;
const mostBusy = 0.1;

/**
 * Gives the memory that loading its program took, and the heap of the calling thread keeps in reserve, back to the system, once the thread
 * has had nearly nothing to do for two seconds. That blocks it, the main thread for a tenth of a second or two. A thread that is always busy
 * keeps the memory: it needs its reserve.
 */
export const releaseSpareMemoryOnceIdle = (): void => {
  let last = performance.eventLoopUtilization();
  const look = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    if (utilization > mostBusy) return;
    clearInterval(look);
    void releaseSpareMemory();
  }, lookEveryMs);
  look.unref();
};

const releaseSpareMemory = async (): Promise<void> => {
  const session = new Session();
  session.connect();
  // The engine's answer to a system that is short of memory: unlike a plain collection, it also shrinks the heap.
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
};
