import type { RequestCount, RequestLogStore } from './port.js';

const batchSize = 1000;

/** Writes counts to another log of requests, each under its id: repeated, it changes nothing. Answers how many there were. */
export const copyCounts = async (counts: AsyncIterable<RequestCount>, to: RequestLogStore): Promise<number> => {
  let copied = 0;
  let batch: RequestCount[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await to.write({ requests: [], counts: batch });
    copied += batch.length;
    batch = [];
  };
  for await (const count of counts) if (batch.push(count) === batchSize) await flush();
  await flush();
  return copied;
};

/** The same for the requests themselves. `progress` is told how many were copied so far. */
export const copyRequests = async (
  from: RequestLogStore,
  to: RequestLogStore,
  progress: (copied: number) => void,
): Promise<number> => {
  let copied = 0;
  for (let cursor: string | undefined; ;) {
    const page = await from.find({ where: {}, limit: batchSize, ...(cursor !== undefined && { cursor }) });
    await to.write({ requests: page.data, counts: [] });
    copied += page.data.length;
    progress(copied);
    if (page.next === null) return copied;
    cursor = page.next;
  }
};
