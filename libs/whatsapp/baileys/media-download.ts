import { getMediaKeys } from '@whiskeysockets/baileys';
import { Agent, fetch, type Dispatcher } from 'undici';
import type { MediaReference } from '../content.js';
import { DownloadFailed } from '../errors.js';
import { decryptedMedia, plainMedia } from './media-decryption.js';
import type { BaileysOptions } from './options.js';
import { proxyDispatcher, proxyFailureOf } from './proxy.js';
import { receivedSecrets } from './received-secrets.js';

const whatsAppHost = 'mmg.whatsapp.net';

/**
 * Downloads received files from WhatsApp, or with `ca` from any server in the message whose certificate this authority signed. Baileys' own
 * function is not used: it downloads from any server, does not verify the file, and crashes the process when a connection breaks.
 */
export const mediaDownloader = ({ ca, key, proxies }: Pick<BaileysOptions, 'ca' | 'key' | 'proxies'>) => {
  const direct = ca === undefined ? undefined : new Agent({ connect: { ca } });

  return async (sessionId: string, media: MediaReference): Promise<AsyncIterable<Uint8Array>> => {
    const address = addressOf(media, ca !== undefined);
    const proxy = await proxies(sessionId);
    const body = await fetched(address, proxy ? proxyDispatcher(proxy, ca) : direct);
    if (media.sealedKey === null) return plainMedia(withDownloadFailures(body), media.sha256);
    const keys = await getMediaKeys(receivedSecrets(key, sessionId).open('media', media.sealedKey), media.kind);
    return decryptedMedia(withDownloadFailures(body), keys, media.sha256);
  };
};

/** A message can contain any URL. Servers other than WhatsApp's are only contacted where the operator has configured a `ca`. */
const addressOf = ({ url, directPath }: MediaReference, anyHost: boolean): URL => {
  const named = url !== null && URL.canParse(url) ? new URL(url) : undefined;
  const isTrusted = named?.protocol === 'https:' && (anyHost || named.hostname.endsWith('.whatsapp.net'));
  const host = isTrusted ? named.host : whatsAppHost;
  if (directPath?.startsWith('/')) return new URL(`https://${host}${directPath}`);
  if (named && isTrusted) return named;
  throw new DownloadFailed(true, 'The message does not contain a valid address of the file');
};

const fetched = async (address: URL, dispatcher: Dispatcher | undefined): Promise<AsyncIterable<Uint8Array>> => {
  const headers = { origin: 'https://web.whatsapp.com' };
  const response = await fetch(address, { headers, redirect: 'error', ...(dispatcher && { dispatcher }) }).catch(
    (error: unknown) => {
      throw failure(error);
    },
  );
  if (response.ok && response.body) return response.body as AsyncIterable<Uint8Array>;
  await response.body?.cancel();
  const gone = response.status === 404 || response.status === 410;
  throw new DownloadFailed(
    gone,
    gone ? 'WhatsApp no longer has the file' : `WhatsApp answered with HTTP status ${response.status}`,
  );
};

async function* withDownloadFailures(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failure(error);
  }
}

const failure = (error: unknown): DownloadFailed => {
  const why = proxyFailureOf(error) ?? error;
  const message = `The download was interrupted: ${why instanceof Error ? why.message : String(why)}`;
  return new DownloadFailed(false, message, { cause: error });
};
