import type { Permission } from '../../platform/http/access.contract.js';
import { parseRange, type IpRange } from '../../platform/http/ip.rules.js';
import type { KnownKey } from './directory.view.js';

/** A key in the form in which requests are checked against it. */
type KeyCredentials = {
  readonly secretHash: Buffer;
  readonly permissions: ReadonlySet<Permission>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Empty: from anywhere. */
  readonly allowedIps: readonly IpRange[];
};

const byKey = new WeakMap<KnownKey, KeyCredentials>();

/** Parsed at the first request with the key, and kept as long as the directory has the key. */
export const credentialsOf = (key: KnownKey): KeyCredentials => {
  const known = byKey.get(key);
  if (known) return known;
  const { secretHash, scopes, expiresAt, allowedIps } = key;
  const credentials: KeyCredentials = {
    secretHash: Buffer.from(secretHash, 'hex'),
    permissions: new Set<Permission>(scopes),
    expiresAt: expiresAt === null ? Infinity : Date.parse(expiresAt),
    allowedIps: allowedIps.map(parseRange).filter((range) => range !== undefined),
  };
  byKey.set(key, credentials);
  return credentials;
};
