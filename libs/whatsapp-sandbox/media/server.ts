import { once } from 'node:events';
import { createServer } from 'node:https';
import { isIPv6, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { silentLogger, type SandboxLogger } from '../logger.js';
import type { TlsAuthority } from './certificate.js';
import { sha256 } from './crypto.js';
import { MediaFaults } from './faults.js';
import { handleMedia, blobIdOf, directPathOf } from './routes.js';
import type { BlobStore } from './store.js';
import { UploadPass, type MediaAuth } from './upload-pass.js';

/** What one client may cost. Times are milliseconds. */
export type MediaServerLimits = {
  readonly connections: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
};

export const defaultMediaServerLimits: MediaServerLimits = { connections: 512, idleMs: 60_000, requestMs: 300_000 };

export type MediaServerOptions = {
  /** Where to listen; `port` 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** The name or address that clients are told, where it is not `host`. */
  readonly publicHost?: string;
  readonly authority: TlsAuthority;
  readonly store: BlobStore;
  readonly limits?: Partial<MediaServerLimits>;
  readonly log?: SandboxLogger;
};

export type MediaLocation = { readonly url: string; readonly directPath: string };

export type MediaServer = {
  /** `host:port`, as media_conn names it to clients. */
  readonly host: string;
  readonly port: number;
  readonly faults: MediaFaults;
  /** A permit to upload. It outlives a restart with the same authority. */
  readonly issueAuth: (ttlSeconds?: number) => MediaAuth;
  /** Stores a blob that a phone of the sandbox sends. */
  readonly publish: (ciphertext: Uint8Array) => Promise<MediaLocation>;
  /** The whole blob at a direct path, or undefined where there is none. */
  readonly read: (directPath: string) => Promise<Buffer | undefined>;
  /** Ends every connection at once. May be called again. */
  readonly close: () => Promise<void>;
};

/** Starts the server that clients upload media to and download them from. It listens when the promise resolves. */
export async function startMediaServer(options: MediaServerOptions): Promise<MediaServer> {
  const { host, authority, store, log = silentLogger } = options;
  const limits = { ...defaultMediaServerLimits, ...options.limits };
  const publicHost = options.publicHost ?? host;
  const faults = new MediaFaults();
  const pass = new UploadPass(authority.secretFor('media upload permits'));

  const server = createServer({
    ...(await authority.issue([host, publicHost])),
    handshakeTimeout: 10_000,
    connectionsCheckingInterval: 1_000, // how exactly the limits of time below are kept
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
  server.on('error', (error) => log.error({ err: error }, 'the media server could not take a connection'));
  server.on('request', (request, response) => {
    void handleMedia(request, response, { store, pass, faults, log, origin });
  });
  let closed: Promise<void> | undefined;

  return {
    host: address,
    port,
    faults,
    issueAuth: (ttlSeconds = 3600) => pass.issue(ttlSeconds),
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
    close: () =>
      (closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })),
  };
}
