import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { MediaHttpError } from './http-answers.js';
import { parseByteRange } from './range.js';
import type { StoredBlob } from './store.js';

/** Sends a blob or the requested range, with backpressure. `cut` closes the connection halfway. */
export async function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  blob: StoredBlob,
  cut: boolean,
): Promise<void> {
  const range = parseByteRange(request.headers.range, blob.size);
  if (range === 'unsatisfiable')
    throw new MediaHttpError(416, 'no_such_range', `the blob has ${blob.size} bytes`, {
      'content-range': `bytes */${blob.size}`,
    });

  const { start, end } = range === 'whole' ? { start: 0, end: blob.size - 1 } : range;
  response.writeHead(range === 'whole' ? 200 : 206, {
    'content-type': 'application/octet-stream',
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=31536000, immutable',
    ...(range !== 'whole' && { 'content-range': `bytes ${start}-${end}/${blob.size}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  if (!cut) return pipeline(blob.read({ start, end }), response);

  await pipeline(blob.read({ start, end: Math.floor((start + end) / 2) }), response, { end: false });
  response.socket?.destroySoon();
}
