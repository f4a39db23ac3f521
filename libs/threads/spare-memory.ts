import { performance } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const lookEveryMs = 2000;
/** Of the time, at work: a thread of the stores that has more to do than this has it because something is going on. */
const mostBusy = { main: 0.1, other: 0.02 };

/**
 * Gives the memory that loading its program took, and the heap of the calling thread keeps in reserve, back to the system, once the thread
 * has had nearly nothing to do for two seconds. That blocks it, the main thread for a tenth of a second or two. A thread that is always busy
 * keeps the memory: it needs its reserve.
 */
export const releaseSpareMemoryOnceIdle = (): void => {
  const most = isMainThread ? mostBusy.main : mostBusy.other;
  let last = performance.eventLoopUtilization();
  const look = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    if (utilization > most) return;
    clearInterval(look);
    void releaseSpareMemory();
  }, lookEveryMs);
  look.unref();
};

const releaseSpareMemory = async (): Promise<void> => {
  const { Session } = await import('node:inspector/promises'); // it takes a thread as long to load as the rest of what it imports
  const session = new Session();
  session.connect();
  // The engine's answer to a system that is short of memory: unlike a plain collection, it also shrinks the heap.
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
};
