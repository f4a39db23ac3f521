import { ReadableStream } from 'node:stream/web';
import { workerData } from 'node:worker_threads';
import { serveThread } from '#lib/threads';

/** Answers what the specs of `libs/threads` ask. */
const methods = {
  greet: (name: string): string => `${String(workerData)}, ${name}`,
  sumOf: async (stream: ReadableStream<Uint8Array>): Promise<{ bytes: number; sum: number }> => {
    let [bytes, sum] = [0, 0];
    for await (const chunk of stream) {
      bytes += chunk.length;
      sum += chunk[0] ?? 0;
    }
    return { bytes, sum };
  },
  readOnly: async (chunks: number, stream: ReadableStream<Uint8Array>): Promise<void> => {
    const reader = stream.getReader();
    for (let chunk = 0; chunk < chunks; chunk += 1) await reader.read();
  },
  bytes: (chunks: number, chunkBytes: number): ReadableStream<Uint8Array> =>
    ReadableStream.from(
      (function* () {
        for (let chunk = 0; chunk < chunks; chunk += 1) yield new Uint8Array(chunkBytes).fill(chunk % 10);
      })(),
    ),
  askBack: async (question: string): Promise<string> => `the owner says ${await owner.ask('answer', question)}`,
  never: (): Promise<void> => new Promise(() => undefined),
  fail: (): void =>
    void setImmediate(() => {
      throw new Error('as asked');
    }),
  close: (): void => undefined,
};
export type CountingMethods = typeof methods;
export type OwnerMethods = { readonly answer: (question: string) => string };

const owner = serveThread<OwnerMethods>(methods);
