import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

type Asking = {
  /** Where the request came from, as far as proxies are trusted. */
  readonly address: string;
  /** Whether a proxy says that it passed the request on. */
  readonly isForwarded: boolean;
  readonly authorization: string | undefined;
};

/** Who may read metrics: whoever has the token; where there is none, programs on the same machine. `unknown`: the token is missing or wrong. */
export const readerOf = (
  { address, isForwarded, authorization }: Asking,
  token: string | undefined,
): 'allowed' | 'unknown' | 'elsewhere' => {
  if (token === undefined) return isLoopback(address) && !isForwarded ? 'allowed' : 'elsewhere';
  const [, given = ''] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
  return timingSafeEqual(digestOf(given), digestOf(token)) ? 'allowed' : 'unknown';
};

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? address.startsWith('127.') : address === '::1' || /^::ffff:127\./i.test(address);
