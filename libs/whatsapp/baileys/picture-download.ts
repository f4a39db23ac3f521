import { Agent, fetch } from 'undici';
import { QueryFailed } from '../errors.js';
import type { BaileysOptions } from './options.js';
import { proxyDispatcher, proxyFailureOf } from './proxy.js';

/** Far more than WhatsApp makes of a picture. */
const maxPictureBytes = 2 ** 21;
const downloadTimeoutMs = 15_000;

/** The bytes of a picture that a session is shown. @throws {QueryFailed} */
export type PictureDownload = (sessionId: string, url: string) => Promise<Uint8Array>;

/** Downloads from WhatsApp's servers by way of the session's proxy; with `ca` from any server whose certificate this authority signed. */
export const pictureDownloader = ({ ca, proxies }: Pick<BaileysOptions, 'ca' | 'proxies'>): PictureDownload => {
  const direct = ca === undefined ? undefined : new Agent({ connect: { ca } });
  return async (sessionId, url) => {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' || (ca === undefined && !hostname.endsWith('.whatsapp.net'))) {
      throw new QueryFailed(null, 'WhatsApp named another server for a picture');
    }
    try {
      const proxy = await proxies(sessionId);
      const dispatcher = proxy ? proxyDispatcher(proxy, ca) : direct;
      const signal = AbortSignal.timeout(downloadTimeoutMs);
      const response = await fetch(url, { redirect: 'error', signal, ...(dispatcher && { dispatcher }) });
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const part of response.body ?? []) {
        parts.push(part);
        size += part.length;
        if (size > maxPictureBytes) break;
      }
      if (response.ok && size <= maxPictureBytes) return Buffer.concat(parts);
      throw new Error(`HTTP status ${response.status}, ${size} bytes or more`);
    } catch (error) {
      const why = proxyFailureOf(error)?.message ?? 'A picture could not be downloaded from WhatsApp';
      throw new QueryFailed(null, why, { cause: error });
    }
  };
};
