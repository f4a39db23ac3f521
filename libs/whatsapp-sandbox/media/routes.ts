import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxLogger } from '../logger.js';
import { answerJson, answerRefusal, Refusal } from './answer.js';
import { sendBlob } from './download.js';
import type { MediaFaults } from './faults.js';
import type { BlobStore } from './store.js';
import type { UploadPass } from './upload-pass.js';
import { takeUpload } from './upload.js';

type Context = {
  readonly store: BlobStore;
  readonly pass: UploadPass;
  readonly faults: MediaFaults;
  readonly log: SandboxLogger;
  /** Of the URLs that answers carry. */
  readonly origin: string;
};

const UPLOAD_PATH = /^\/mms\/(?:image|video|document|audio|sticker|md-app-state)\/([\w-]{43})$/;
const DIRECT_PATH = /^\/v\/([\w-]{43})\.enc$/;

export const directPathOf = (id: string): string => `/v/${id}.enc`;

/** The blob that a direct path means, with or without the query that WhatsApp's paths have. */
export const blobIdOf = (directPath: string): string | undefined =>
  DIRECT_PATH.exec(directPath.split('?')[0] ?? '')?.[1];

/** Answers one request. It never rejects: whatever goes wrong ends with an answer or with the connection. */
export async function handleMedia(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const { socket } = request; // a request that has been read to its end lets go of it
  try {
    await route(request, response, context);
  } catch (error) {
    if (error instanceof Refusal) return answerRefusal(request, response, error);
    if (socket.destroyed)
      return context.log.debug({ err: error, url: request.url }, 'a media client left before the end');
    context.log.error({ err: error, url: request.url }, 'a media request failed');
    if (response.headersSent) return void response.destroy();
    answerRefusal(request, response, new Refusal(500, 'internal', 'the media server failed'));
  }
}

async function route(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const [path = '', search] = (request.url ?? '').split('?');
  const uploadId = UPLOAD_PATH.exec(path)?.[1];
  if (uploadId !== undefined) return upload(request, response, uploadId, new URLSearchParams(search), context);
  const downloadId = blobIdOf(path);
  if (downloadId !== undefined) return download(request, response, downloadId, context);
  throw new Refusal(404, 'not_found', 'no such path');
}

async function upload(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  query: URLSearchParams,
  { store, pass, faults, origin }: Context,
): Promise<void> {
  allow(request, 'POST');
  const fault = faults.take('upload');
  if (fault?.kind === 'hang') return hang(request);
  if (fault?.kind === 'cut') return cutHalfWay(request);
  if (fault?.kind === 'status') throw new Refusal(fault.status, 'fault', 'a fault that was asked for');
  await takeUpload(request, id, query, store, pass);
  answerJson(request, response, 200, { url: origin + directPathOf(id), direct_path: directPathOf(id) });
}

async function download(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  { store, faults }: Context,
): Promise<void> {
  allow(request, 'GET', 'HEAD');
  const fault = faults.take('download');
  if (fault?.kind === 'hang') return hang(request);
  if (fault?.kind === 'status') throw new Refusal(fault.status, 'fault', 'a fault that was asked for');
  const blob = store.find(id);
  if (!blob) throw new Refusal(404, 'not_found', 'no such blob, or it had to make room');
  await sendBlob(request, response, blob, fault?.kind === 'cut');
}

function allow(request: IncomingMessage, ...methods: readonly string[]): void {
  if (!methods.includes(request.method ?? ''))
    throw new Refusal(405, 'method_not_allowed', `only ${methods.join(' and ')}`, { allow: methods.join(', ') });
}

/** Until the client gives up or the server closes: the idle limit must not end it. */
function hang(request: IncomingMessage): void {
  request.socket.setTimeout(0);
}

async function cutHalfWay(request: IncomingMessage): Promise<void> {
  const { socket } = request;
  const half = Number(request.headers['content-length'] ?? 0) / 2;
  let received = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received >= half) break;
  }
  socket.destroy();
}
