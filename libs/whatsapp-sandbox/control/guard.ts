import type { FastifyRequest } from 'fastify';
import { Refusal } from './problem.js';

/** Whether a host name can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/**
 * There is no credential, so a web page elsewhere must not reach this API through somebody's browser: neither as
 * itself (its Origin tells) nor under a name that it points at this machine (the Host tells). Who binds to another
 * address than loopback has chosen to be called by other names; pages of other hosts are refused even then.
 */
export function guardAgainstForeignPages(boundTo: string): (request: FastifyRequest) => Promise<void> {
  const localOnly = isLoopback(boundTo);
  return async ({ headers }) => {
    const host = urlOf(`http://${headers.host ?? ''}`);
    if (localOnly && !(host && isLoopback(host.hostname))) {
      throw new Refusal(403, 'foreign_host', 'this API answers only to loopback names, like localhost');
    }
    if (headers.origin === undefined) return;
    const origin = urlOf(headers.origin);
    const ours = origin && (origin.host === host?.host || (localOnly && isLoopback(origin.hostname)));
    if (!ours) throw new Refusal(403, 'foreign_origin', 'this API does not answer to pages of other hosts');
  };
}
