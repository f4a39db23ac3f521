import { Faults } from './faults.js';
import { defaultSandboxLimits, type Limits } from './limits.js';
import { silentLogger, type SandboxLogger } from './logger.js';
import { BlobStore, startMediaServer, TlsAuthority, type MediaFaults } from './media/index.js';
import { digitsOf } from './network/address.js';
import type { Channels } from './network/channels.js';
import { groupView, type GroupView } from './network/group.js';
import { Network } from './network/network.js';
import { restoreNetwork, snapshotAccounts, type SandboxState } from './network/snapshot.js';
import { readState, StateFile } from './network/state-file.js';
import { mediaStoreOn } from './media-store.js';
import type { Phone } from './phone/phone.js';
import { acceptClient } from './stanzas/accept-client.js';
import { ClientSession } from './stanzas/login.js';
import { PairingSession } from './stanzas/pairing.js';
import { applyConnectionFaults } from './stanzas/connection-faults.js';
import type { ConnectionHandler } from './stanzas/connection-handler.js';
import { Transcript } from './transcript.js';
import { Authority } from './transport/authority.js';
import { Connection } from './transport/connection.js';
import { Listener } from './transport/listener.js';

export type SandboxOptions = {
  /** 0, the default, picks a free port. */
  readonly port?: number;
  /** Loopback by default: there is no authentication. */
  readonly host?: string;
  /** Keeps the state across restarts. Without it the state is in memory only. */
  readonly stateFile?: string;
  /** Port of the HTTPS server for files; 0, the default, picks a free port. */
  readonly mediaPort?: number;
  /** Number of stanzas to record; 0, the default, records none. */
  readonly transcript?: number;
  readonly limits?: Partial<Limits>;
  readonly logger?: SandboxLogger;
};

/** The phones of a sandbox. */
type Phones = {
  /** Throws a SandboxError if the number or an alias is taken. Without a number, picks a free one. */
  create(phone?: {
    readonly number?: string;
    readonly name?: string;
    /** Other spellings of the number, such as a Brazilian one without the ninth digit. Look-ups answer with `number`. */
    readonly aliases?: readonly string[];
  }): Phone;
  /** By number in any notation, or by alias. */
  get(number: string): Phone | undefined;
  list(): readonly Phone[];
};

/** The groups of a sandbox. Phones and clients create and change them. */
type GroupList = {
  get(jid: string): GroupView | undefined;
  list(): readonly GroupView[];
};

/** A running sandbox. */
export type Sandbox = {
  /** For `waWebSocketUrl`. */
  readonly url: string;
  readonly port: number;
  /** Root key that replaces WhatsApp's, for clients that check certificate signatures. */
  readonly rootPublicKey: Buffer;
  /** CA certificate of the media server, PEM. */
  readonly caCertificate: string;
  /** Faults of uploads and downloads. */
  readonly mediaFaults: MediaFaults;
  readonly phones: Phones;
  readonly groups: GroupList;
  /** Phones own them; clients post. */
  readonly channels: Pick<Channels, 'create' | 'get' | 'list' | 'follow' | 'unfollow' | 'require' | 'pass'>;
  readonly faults: Faults;
  readonly transcript: Transcript;
  /** Number of clients that are logged in. */
  connections(): number;
  /** Disconnects all clients, writes the state and frees the port. Idempotent. */
  stop(): Promise<void>;
};

/** Starts a sandbox. Rejects if a port is taken or the state file cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', logger: log = silentLogger, stateFile } = options;
  const limits = { ...defaultSandboxLimits, ...options.limits };
  const stored = stateFile === undefined ? undefined : await readState<SandboxState>(stateFile);
  if (stored && stored.version !== 1)
    throw new Error(`state file ${stateFile} has version ${String(stored.version)}, expected 1`);
  const authority = stored ? Authority.restore(stored.authority) : Authority.generate();
  const tls = stored ? TlsAuthority.restore(stored.tls) : await TlsAuthority.generate();
  const store = await BlobStore.open(stateFile === undefined ? {} : { directory: `${stateFile}.media` });
  const mediaServer = await startMediaServer({ host, port: options.mediaPort ?? 0, authority: tls, store, log });
  const faults = new Faults();
  const transcript = new Transcript(options.transcript ?? 0);
  const network = new Network({
    limits,
    faults,
    log,
    media: mediaStoreOn(mediaServer),
    changed: () => state?.changed(),
  });
  const snapshot = (): SandboxState => ({
    version: 1,
    authority: authority.snapshot(),
    tls: tls.snapshot(),
    accounts: snapshotAccounts(network),
    groups: network.groups.snapshot(),
    channels: network.channels.list(),
  });
  const state = stateFile === undefined ? undefined : new StateFile(stateFile, snapshot, log);
  if (stored) restoreNetwork(network, stored);

  const handlers = new Set<ConnectionHandler>();
  const clients = (): ClientSession[] => [...handlers].filter((handler) => handler instanceof ClientSession);
  faults.onAdd(() => {
    for (const client of clients()) applyConnectionFaults(client);
    for (const handler of handlers) if (handler instanceof PairingSession && faults.take('renew-qr')) handler.renewQr();
  });
  const listener = new Listener({
    host,
    port: options.port ?? 0,
    maxPayload: limits.frameBytes + 1_024,
    maxConnections: limits.connections,
    refusal: () => {
      if (faults.take('refuse')) return 'reset';
      const fault = faults.take('upgrade-error');
      return fault && (fault.code ?? 503);
    },
    onClient: (socket) => {
      const connection = new Connection(socket, authority.identity, limits, log);
      let handler: ConnectionHandler | undefined;
      const who = () => (handler instanceof ClientSession ? handler.companion.address : undefined);
      connection.events = {
        onHello: (hello) => {
          handler = acceptClient(hello, connection, network);
          if (handler) handlers.add(handler);
        },
        onNode: (node) => {
          transcript.record('in', who(), node);
          handler?.onNode(node);
        },
        onSent: (node) => transcript.record('out', who(), node),
        onClose: () => {
          if (handler) handlers.delete(handler);
          handler?.onClose();
        },
      };
    },
  });
  const port = await listener.start().catch(async (error: unknown) => {
    await mediaServer.close();
    throw error;
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([listener.stop(), mediaServer.close()]);
    for (const { phone } of network.directory.list()) phone.stop();
    network.joinedReceipts.stop();
    await state?.close();
  };
  return {
    url: `ws://${host}:${port}/ws/chat`,
    port,
    rootPublicKey: authority.rootPublicKey,
    caCertificate: tls.certificate,
    mediaFaults: mediaServer.faults,
    phones: {
      create: ({ number, name, aliases } = {}) => network.createPhone(number, name, aliases),
      get: (number) => network.directory.find(digitsOf(number) ?? '')?.phone,
      list: () => network.directory.list().map(({ phone }) => phone),
    },
    groups: {
      get: (jid) => {
        const group = network.groups.get(jid);
        return group && groupView(group, network.directory);
      },
      list: () => network.groups.list().map((group) => groupView(group, network.directory)),
    },
    channels: network.channels,
    faults,
    transcript,
    connections: () => clients().length,
    stop: () => (stopped ??= stop()),
  };
}
