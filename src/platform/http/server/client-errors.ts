import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '#lib/ids';
import { problem, type ProblemDetails } from '../problem.js';
import { standardHeaders } from './security-headers.js';

const problems: { readonly [code: string]: ProblemDetails } = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request_timeout', detail: 'The request did not arrive in time' },
  HPE_HEADER_OVERFLOW: { status: 431, code: 'headers_too_large', detail: 'The headers are too large' },
};
const malformed: ProblemDetails = { status: 400, code: 'malformed_request', detail: 'This is not valid HTTP/1.1' };

/** Answers what Node refuses before there is a request: no valid HTTP, too large headers, or too slow. Closes the connection. */
export const answerClientError = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy(error);
  const details = problems[error.code ?? ''] ?? malformed;
  const requestId = newId();
  const body = JSON.stringify(problem(details, requestId));
  const headers = {
    ...standardHeaders,
    'x-request-id': requestId,
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${details.status} ${STATUS_CODES[details.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
};
