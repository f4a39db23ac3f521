import { Agent, fetch } from 'undici';
import { QueryFailed } from '../errors.js';
import type { BaileysOptions } from './options.js';

/** Far more than WhatsApp makes of a picture. */
const maxPictureBytes = 2 ** 21;
const downloadTimeoutMs = 15_000;

/** The bytes of a picture that somebody shows. @throws {QueryFailed} */
export type PictureDownload = (url: string) => Promise<Uint8Array>;

/** Downloads from WhatsApp's servers, or with `ca` from any whose certificate this authority signed. */
export const pictureDownloader = ({ ca }: Pick<BaileysOptions, 'ca'>): PictureDownload => {
  const dispatcher = ca === undefined ? undefined : new Agent({ connect: { ca } });
  return async (url) => {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' || (ca === undefined && !hostname.endsWith('.whatsapp.net'))) {
      throw new QueryFailed(null, 'WhatsApp named another server for a picture');
    }
    try {
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
      throw new QueryFailed(null, 'A picture could not be downloaded from WhatsApp', { cause: error });
    }
  };
};
