import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxLogger } from '../logger.js';
import { sendJson, sendError, MediaHttpError } from './http-answers.js';
import { sendBlob } from './download.js';
import type { MediaFaults } from './faults.js';
import type { BlobStore } from './store.js';
import type { UploadTokens } from './upload-tokens.js';
import { receiveUpload } from './upload.js';

type MediaContext = {
  readonly store: BlobStore;
  readonly tokens: UploadTokens;
  readonly faults: MediaFaults;
  /** Paths at which a blob is no longer found, although it is stored. */
  readonly isExpired: (path: string) => boolean;
  readonly log: SandboxLogger;
  /** Origin of the URLs in answers. */
  readonly origin: string;
};

const uploadPath = /^\/mms\/(?:image|video|document|audio|sticker|md-app-state)\/([\w-]{43})$/;
/** Of files for channels, which are not encrypted. Posts name such an upload by its handle. */
const publicUploadPath = /^\/newsletter\/newsletter-(?:image|video|document|audio)\/([\w-]{43})$/;
const directPathPattern = /^\/v\/([\w-]{43})\.enc$/;

export const directPathOf = (id: string): string => `/v/${id}.enc`;

/** By what a post names its file. */
export const handleOf = (id: string): string => `handle-of-${id}`;

/** The blob id in a direct path; ignores the query that WhatsApp's paths have. */
export const blobIdOf = (directPath: string): string | undefined =>
  directPathPattern.exec(directPath.split('?')[0] ?? '')?.[1];

/** Answers one request. Never rejects: a failure ends in an error response or closes the connection. */
export async function handleMedia(
  request: IncomingMessage,
  response: ServerResponse,
  context: MediaContext,
): Promise<void> {
  const { socket } = request; // a request that was read to its end drops the reference
  try {
    await route(request, response, context);
  } catch (error) {
    if (error instanceof MediaHttpError) return sendError(request, response, error);
    if (socket.destroyed)
      return context.log.debug({ err: error, url: request.url }, 'a media client disconnected early');
    context.log.error({ err: error, url: request.url }, 'a media request failed');
    if (response.headersSent) return void response.destroy();
    sendError(request, response, new MediaHttpError(500, 'internal', 'the media server failed'));
  }
}

async function route(request: IncomingMessage, response: ServerResponse, context: MediaContext): Promise<void> {
  const [path = '', search] = (request.url ?? '').split('?');
  const query = new URLSearchParams(search);
  const uploadId = uploadPath.exec(path)?.[1];
  if (uploadId !== undefined) return upload(request, response, uploadId, query, context);
  const publicId = publicUploadPath.exec(path)?.[1];
  if (publicId !== undefined)
    return upload(request, response, publicId, query, context, { handle: handleOf(publicId) });
  const downloadId = blobIdOf(path);
  if (downloadId !== undefined) return download(request, response, downloadId, context);
  throw new MediaHttpError(404, 'not_found', 'no such path');
}

async function upload(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  query: URLSearchParams,
  { store, tokens, faults, origin }: MediaContext,
  more: { readonly handle?: string } = {},
): Promise<void> {
  allow(request, 'POST');
  const fault = faults.take('upload');
  if (fault?.kind === 'hang') return hang(request);
  if (fault?.kind === 'cut') return cutHalfway(request);
  if (fault?.kind === 'status') {
    // A client that is still sending may not see an answer before the connection is closed.
    for await (const _chunk of request) continue;
    throw new MediaHttpError(fault.status, 'fault', 'injected fault');
  }
  await receiveUpload(request, id, query, store, tokens);
  sendJson(request, response, 200, { url: origin + directPathOf(id), direct_path: directPathOf(id), ...more });
}

async function download(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  { store, faults, isExpired }: MediaContext,
): Promise<void> {
  allow(request, 'GET', 'HEAD');
  const fault = faults.take('download');
  if (fault?.kind === 'hang') return hang(request);
  if (fault?.kind === 'status') throw new MediaHttpError(fault.status, 'fault', 'injected fault');
  if (isExpired(request.url ?? '')) throw new MediaHttpError(410, 'expired', 'this path has expired');
  const blob = store.find(id);
  if (!blob) throw new MediaHttpError(404, 'not_found', 'no such blob; it may have been evicted');
  await sendBlob(request, response, blob, fault?.kind === 'cut');
}

function allow(request: IncomingMessage, ...methods: readonly string[]): void {
  if (!methods.includes(request.method ?? ''))
    throw new MediaHttpError(405, 'method_not_allowed', `allowed methods: ${methods.join(', ')}`, {
      allow: methods.join(', '),
    });
}

/** Hangs until the client gives up or the server closes; disables the idle timeout. */
function hang(request: IncomingMessage): void {
  request.socket.setTimeout(0);
}

async function cutHalfway(request: IncomingMessage): Promise<void> {
  const { socket } = request;
  const half = Number(request.headers['content-length'] ?? 0) / 2;
  let received = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received >= half) break;
  }
  socket.destroy();
}
