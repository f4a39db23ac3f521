import { getMediaKeys } from '@whiskeysockets/baileys';
import { Agent, fetch, type Dispatcher } from 'undici';
import type { MediaReference } from '../content.js';
import { DownloadFailed } from '../errors.js';
import { decryptedMedia } from './media-decryption.js';

const whatsAppHost = 'mmg.whatsapp.net';

/**
 * How received files are fetched: from WhatsApp; or with `ca`, from whatever server the message names and this authority vouches for.
 * Not with Baileys' own function: it goes wherever a message says, checks nothing, and ends the process when a connection breaks.
 */
export const mediaDownloader = (ca: string | undefined) => {
  const dispatcher = ca === undefined ? undefined : new Agent({ connect: { ca } });

  return async (media: MediaReference): Promise<AsyncIterable<Uint8Array>> => {
    const address = addressOf(media, ca !== undefined);
    const body = await fetched(address, dispatcher);
    const keys = await getMediaKeys(Buffer.from(media.mediaKey, 'base64'), media.kind);
    return decryptedMedia(failing(body), keys, media.sha256);
  };
};

/** A message can name any server. Only the operator's word makes another one than WhatsApp's worth asking. */
const addressOf = ({ url, directPath }: MediaReference, anyHost: boolean): URL => {
  const named = url !== null && URL.canParse(url) ? new URL(url) : undefined;
  const isTrusted = named?.protocol === 'https:' && (anyHost || named.hostname.endsWith('.whatsapp.net'));
  const host = isTrusted ? named.host : whatsAppHost;
  if (directPath?.startsWith('/')) return new URL(`https://${host}${directPath}`);
  if (named && isTrusted) return named;
  throw new DownloadFailed(true, 'The message does not say where its file lies');
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

async function* failing(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failure(error);
  }
}

const failure = (error: unknown): DownloadFailed =>
  new DownloadFailed(false, `The download broke off: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
