import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import {
  DEFAULT_CONNECTION_CONFIG,
  downloadMediaMessage,
  getWAUploadToServer,
  prepareWAMessageMedia,
  type AnyMediaMessageContent,
  type SocketConfig,
  type WAMessage,
} from '@whiskeysockets/baileys';
import { pino } from 'pino';
import { Agent } from 'undici';
import type { MediaServer } from '#lib/whatsapp-sandbox/media';

const logger = pino({ level: 'silent' });

export type MediaClient = {
  /** Encrypts and uploads as `sendMessage` does. Resolves with the message. */
  readonly upload: (content: AnyMediaMessageContent) => Promise<WAMessage>;
  readonly download: (message: WAMessage) => Promise<Buffer>;
  /** `options` of Baileys functions. */
  readonly options: RequestInit;
  readonly close: () => Promise<void>;
};

/** Baileys' media functions, which trust `ca` only, or no certificate without it. */
export function mediaClient(server: MediaServer, ca?: string): MediaClient {
  const trust = ca === undefined ? {} : { ca };
  const fetchAgent = new HttpsAgent(trust);
  const dispatcher = new Agent({ connect: trust });
  const config = { ...DEFAULT_CONNECTION_CONFIG, logger, fetchAgent } as SocketConfig;
  const upload = getWAUploadToServer(config, async () => ({
    ...server.issueAuth(),
    hosts: [{ hostname: server.host, maxContentLengthBytes: 1e9 }],
    fetchDate: new Date(),
  }));
  // Node's types are of its bundled undici, which is older than the installed one.
  const options: RequestInit = { dispatcher: dispatcher as unknown as NonNullable<RequestInit['dispatcher']> };
  return {
    options,
    upload: async (content) => ({
      key: { id: 'A1', remoteJid: '1@s.whatsapp.net' },
      message: await prepareWAMessageMedia(content, { upload, logger }),
    }),
    download: (message) => downloadMediaMessage(message, 'buffer', { options }),
    close: async () => {
      fetchAgent.destroy();
      await dispatcher.destroy();
    },
  };
}

export type Reply = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer };
type Request = {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Iterable<Uint8Array>;
};

/** Sends a plain HTTPS request. */
export async function requestMedia(
  server: MediaServer,
  ca: string,
  path: string,
  request: Request = {},
): Promise<Reply> {
  const response = await openMedia(server, ca, path, request);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

/** Like `requestMedia`, but leaves the body of the response to the caller. */
export async function openMedia(server: MediaServer, ca: string, path: string, request: Request = {}) {
  const { method = 'GET', headers = {}, body = [] } = request;
  const outgoing = httpsRequest(`https://${server.host}${path}`, { ca, method, headers, agent: false });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  for (const piece of body) if (!outgoing.write(piece)) await once(outgoing, 'drain');
  outgoing.end();
  const [response] = await answered;
  return response;
}
