import type { ReadableStream } from 'node:stream/web';
import { serveThread } from '#lib/threads';
import { drawWaveform } from './draw.js';

const methods = {
  draw: (file: ReadableStream<Uint8Array>): Promise<Uint8Array | null> => drawWaveform(file),
  close: (): void => undefined,
};
export type WaveformMethods = typeof methods;

serveThread(methods);
