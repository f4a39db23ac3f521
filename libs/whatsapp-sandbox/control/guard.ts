import type { FastifyRequest } from 'fastify';
import { ControlError } from './problem.js';

/** Whether a host name always refers to this machine. */
function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/**
 * The API has no authentication, so pages of other sites must not reach it through a browser: the Origin header reveals
 * cross-origin requests, the Host header reveals DNS rebinding. When bound to another address than loopback, any Host is
 * accepted, but other origins are still refused.
 */
export function guardAgainstOtherOrigins(boundTo: string): (request: FastifyRequest) => Promise<void> {
  const localOnly = isLoopback(boundTo);
  return async ({ headers }) => {
    const host = urlOf(`http://${headers.host ?? ''}`);
    if (localOnly && !(host && isLoopback(host.hostname))) {
      throw new ControlError(403, 'foreign_host', 'the Host header must be a loopback name such as localhost');
    }
    if (headers.origin === undefined) return;
    const origin = urlOf(headers.origin);
    const ours = origin && (origin.host === host?.host || (localOnly && isLoopback(origin.hostname)));
    if (!ours) throw new ControlError(403, 'foreign_origin', 'requests from pages of other hosts are refused');
  };
}
