import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { isIPv6, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { silentLogger, type SandboxLogger } from '../logger.js';
import { BoundedMap } from '../network/bounded-map.js';
import { isFromForeignPage } from '../origin.js';
import type { TlsAuthority } from './certificate.js';
import { sha256 } from '../crypto/cipher.js';
import { MediaFaults } from './faults.js';
import { handleMedia, blobIdOf, directPathOf } from './routes.js';
import type { BlobStore } from './store.js';
import { UploadTokens, type MediaAuth } from './upload-tokens.js';

const rememberedExpiries = 10_000;

/** Limits of the media server. */
type MediaServerLimits = {
  readonly connections: number;
  /** A connection without traffic for this long is closed. */
  readonly idleMs: number;
  /** Time from the first byte of a request to its last. */
  readonly requestMs: number;
};

const defaultMediaServerLimits: MediaServerLimits = { connections: 512, idleMs: 60_000, requestMs: 300_000 };

export type MediaServerOptions = {
  /** Address to listen on; port 0 picks a free one. */
  readonly host: string;
  readonly port: number;
  /** Name or address announced to clients. Default: `host`. */
  readonly publicHost?: string;
  readonly authority: TlsAuthority;
  readonly store: BlobStore;
  readonly limits?: Partial<MediaServerLimits>;
  readonly log?: SandboxLogger;
};

type MediaLocation = { readonly url: string; readonly directPath: string };

export type MediaServer = {
  /** `host:port`, as announced in media_conn. */
  readonly host: string;
  readonly port: number;
  readonly faults: MediaFaults;
  /** Issues an upload token. It stays valid across a restart with the same authority. */
  readonly issueAuth: (ttlSeconds?: number) => MediaAuth;
  /** Stores a blob sent by a virtual phone. */
  readonly publish: (ciphertext: Uint8Array) => Promise<MediaLocation>;
  /** Reads the blob at a direct path; undefined if there is none. */
  readonly read: (directPath: string) => Promise<Buffer | undefined>;
  /** Downloads from this path are answered with 410; `read` still finds the blob. Not kept across restarts. */
  readonly expire: (directPath: string) => void;
  /** Another path of the same blob. */
  readonly renew: (directPath: string) => MediaLocation;
  /** Closes all connections at once. Idempotent. */
  readonly close: () => Promise<void>;
};

/** Starts the HTTPS server for uploads and downloads. Resolves once it listens. */
export async function startMediaServer(options: MediaServerOptions): Promise<MediaServer> {
  const { host, authority, store, log = silentLogger } = options;
  const limits = { ...defaultMediaServerLimits, ...options.limits };
  const publicHost = options.publicHost ?? host;
  const faults = new MediaFaults();
  const expired = new BoundedMap<true>(rememberedExpiries);
  const tokens = new UploadTokens(authority.secretFor('media upload permits'));

  const server = createServer({
    ...(await authority.issue([host, publicHost])),
    handshakeTimeout: 10_000,
    connectionsCheckingInterval: 1_000, // precision of the timeouts below
  });
  server.maxConnections = limits.connections;
  server.requestTimeout = limits.requestMs;
  server.headersTimeout = Math.min(10_000, limits.requestMs);
  server.setTimeout(limits.idleMs);
  server.listen(options.port, host);
  await once(server, 'listening');

  const { port } = server.address() as AddressInfo;
  const address = `${isIPv6(publicHost) ? `[${publicHost}]` : publicHost}:${port}`;
  const origin = `https://${address}`;
  server.on('error', (error) => log.error({ err: error }, 'the media server failed to accept a connection'));
  server.on('request', (request, response) => {
    if (isFromForeignPage(request.headers)) {
      response.writeHead(403, { connection: 'close' }).end();
      return;
    }
    void handleMedia(request, response, {
      store,
      tokens,
      faults,
      isExpired: (path) => expired.get(path) === true,
      log,
      origin,
    });
  });
  let closed: Promise<void> | undefined;

  return {
    host: address,
    port,
    faults,
    issueAuth: (ttlSeconds = 3600) => tokens.issue(ttlSeconds),
    publish: async (ciphertext) => {
      const id = sha256(ciphertext).toString('base64url');
      await store.receive(id, [ciphertext]);
      const directPath = directPathOf(id);
      return { url: origin + directPath, directPath };
    },
    read: async (directPath) => {
      const id = blobIdOf(directPath);
      const blob = id === undefined ? undefined : store.find(id);
      return blob && buffer(blob.read());
    },
    expire: (path) => expired.set(path, true),
    renew: (path) => {
      const directPath = `${path.split('?')[0]}?v=${randomUUID()}`;
      return { url: origin + directPath, directPath };
    },
    close: () =>
      (closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })),
  };
}
