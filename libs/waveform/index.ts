import { ReadableStream } from 'node:stream/web';
import { keyedQueue } from '#lib/async';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import type { WaveformMethods } from './waveform.worker.js';

/** Draws how loud recordings are. */
export type Waveforms = {
  /**
   * Of an Ogg file with Opus: 64 bytes from 0 to 100, from its start to its end. Null where it cannot be decoded, is too long, or takes too long.
   * Reads the file once, at most one file at a time. Never rejects on account of the file's content.
   */
  of(file: AsyncIterable<Uint8Array>): Promise<Uint8Array | null>;
  close(): Promise<void>;
};

/** Decoding takes about a hundredth of the time that it plays. */
const defaultTimeoutMs = 15_000;

/** Decodes on a thread of its own, which is started when it is needed and ended where it takes too long. */
export const openWaveforms = ({ timeoutMs = defaultTimeoutMs } = {}): Waveforms => {
  const queue = keyedQueue();
  let running: Thread<WaveformMethods> | undefined;

  const start = (): Thread<WaveformMethods> => {
    const thread = startThread<WaveformMethods>(workerUrl('./waveform.worker.js', import.meta.url), {
      onEnd: () => {
        if (running === thread) running = undefined;
      },
    });
    return thread;
  };

  const drawn = async (file: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> => {
    const thread = (running ??= start());
    const timer = setTimeout(() => void thread.terminate(), timeoutMs);
    try {
      return await thread.ask('draw', ReadableStream.from(file));
    } catch {
      return null; // it was ended, or the file broke off
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    of: (file) => queue.run('', () => drawn(file)),
    close: async () => running?.terminate(),
  };
};
