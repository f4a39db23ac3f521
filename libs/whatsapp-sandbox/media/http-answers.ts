import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';

/** A request that is answered with an error status and a stable code; the message explains why. */
export class MediaHttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: { readonly [name: string]: string } = {},
  ) {
    super(message);
    this.name = 'MediaHttpError';
  }
}

/**
 * Sends JSON at once, discards the rest of the request and then ends the response. Closing the connection earlier could lose the
 * answer to a client that is still sending.
 */
export function sendJson(request: IncomingMessage, response: ServerResponse, status: number, body: object): void {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
  response.write(text);
  finished(request.resume(), () => response.end());
}

export function sendError(request: IncomingMessage, response: ServerResponse, error: MediaHttpError): void {
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  sendJson(request, response, error.status, { error: error.code, detail: error.message });
}
