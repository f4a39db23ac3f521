import type { FastifyRequest } from 'fastify';
import { isFromOtherOrigin } from '../origin.js';
import { ControlError } from './problem.js';

/** Whether a host name always refers to this machine. */
function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/**
 * The API has no authentication, so pages of other origins must not reach it through a browser: `Sec-Fetch-Site` and `Origin` reveal
 * cross-origin requests, the Host header reveals DNS rebinding. When bound to another address than loopback, any Host is accepted, but
 * other origins are still refused. A link to a page may be followed from everywhere.
 */
export function guardAgainstOtherOrigins(boundTo: string): (request: FastifyRequest) => Promise<void> {
  const localOnly = isLoopback(boundTo);
  return async ({ headers, method }) => {
    const host = urlOf(`http://${headers.host ?? ''}`);
    if (localOnly && !(host && isLoopback(host.hostname))) {
      throw new ControlError(403, 'foreign_host', 'the Host header must be a loopback name such as localhost');
    }
    const isLink = method === 'GET' && headers.origin === undefined;
    if (isFromOtherOrigin(isLink ? headers : { ...headers, 'sec-fetch-mode': undefined })) {
      throw new ControlError(403, 'foreign_origin', 'requests from pages of other origins are refused');
    }
  };
}
