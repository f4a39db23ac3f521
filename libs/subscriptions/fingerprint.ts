import { createHash } from 'node:crypto';
import type { Json } from '#lib/json';

/**
 * Tells definitions apart of which something derived is stored: another one whenever `identity` (its name, its version, ...) or the code of
 * its handlers is. Code that they call is not seen: hence the version.
 */
export const fingerprintOf = (identity: readonly Json[], handlers: { readonly [type: string]: unknown }): string => {
  const code = Object.entries(handlers).map(([type, handler]) => `${type} ${String(handler)}`);
  return createHash('sha256')
    .update(JSON.stringify([...identity, code]))
    .digest('base64url');
};
