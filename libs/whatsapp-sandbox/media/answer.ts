import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';

/** A request that is answered with an error: the status for the client, a code for programs, the message for people. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: { readonly [name: string]: string } = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/**
 * Answers JSON at once, and ends the exchange when the client has sent the rest of its request, which is thrown away. To close
 * the connection any sooner could lose the answer on its way to a client that is still sending.
 */
export function answerJson(request: IncomingMessage, response: ServerResponse, status: number, body: object): void {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
  response.write(text);
  finished(request.resume(), () => response.end());
}

export function answerRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  answerJson(request, response, refusal.status, { error: refusal.code, detail: refusal.message });
}
