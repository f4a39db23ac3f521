import { Faults } from './faults.js';
import { defaultLimits, type Limits } from './limits.js';
import { silentLogger, type SandboxLogger } from './logger.js';
import { BlobStore, startMediaServer, TlsAuthority, type MediaFaults } from './media/index.js';
import { digitsOf } from './network/address.js';
import { groupView, type GroupView } from './network/group.js';
import { Network } from './network/network.js';
import { restoreNetwork, snapshotAccounts, type SandboxState } from './network/snapshot.js';
import { readState, StateFile } from './network/state-file.js';
import { mediaStoreOf } from './media-store.js';
import type { Phone } from './phone/phone.js';
import { accept } from './stanzas/accept.js';
import { ClientSession } from './stanzas/login.js';
import { strike } from './stanzas/connection-faults.js';
import type { Session } from './stanzas/session.js';
import { Transcript } from './transcript.js';
import { Authority } from './transport/authority.js';
import { Connection } from './transport/connection.js';
import { Listener } from './transport/listener.js';

export type SandboxOptions = {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Loopback unless said otherwise: there is no password. */
  readonly host?: string;
  /** Where to keep everything over a restart; without it nothing is kept. */
  readonly stateFile?: string;
  /** Where clients upload and download files, over HTTPS; 0, the default, takes any free port. */
  readonly mediaPort?: number;
  /** How many stanzas to remember; 0, the default, remembers none. */
  readonly transcript?: number;
  readonly limits?: Partial<Limits>;
  readonly logger?: SandboxLogger;
};

/** The phones of a sandbox. */
export type Phones = {
  /** Throws a SandboxError when the number is taken. Without a number it gets a free one. */
  create(phone?: { readonly number?: string; readonly name?: string }): Phone;
  /** By number, in any notation. */
  get(number: string): Phone | undefined;
  list(): readonly Phone[];
};

/** The groups of a sandbox. Phones and clients make them and say who is in them. */
export type GroupList = {
  get(jid: string): GroupView | undefined;
  list(): readonly GroupView[];
};

/** A running sandbox. */
export type Sandbox = {
  /** For `waWebSocketUrl`. */
  readonly url: string;
  readonly port: number;
  /** The key that a client has to trust instead of WhatsApp's, if it checks signatures. */
  readonly rootPublicKey: Buffer;
  /** PEM of the authority that vouches for the media server. */
  readonly caCertificate: string;
  /** Uploads and downloads that shall fail. */
  readonly mediaFaults: MediaFaults;
  readonly phones: Phones;
  readonly groups: GroupList;
  readonly faults: Faults;
  readonly transcript: Transcript;
  /** Logged-in clients at this moment. */
  connections(): number;
  /** Cuts off all clients, writes the state and frees the port. Harmless when called twice. */
  stop(): Promise<void>;
};

/** Starts a WhatsApp of its own. Rejects when the port is taken or the state file cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', logger: log = silentLogger, stateFile } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const stored = stateFile === undefined ? undefined : await readState<SandboxState>(stateFile);
  if (stored && stored.version !== 1) throw new Error(`state file ${stateFile} is of another version`);
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
    media: mediaStoreOf(mediaServer),
    changed: () => state?.changed(),
  });
  const snapshot = (): SandboxState => ({
    version: 1,
    authority: authority.snapshot(),
    tls: tls.snapshot(),
    accounts: snapshotAccounts(network),
    groups: network.groups.snapshot(),
  });
  const state = stateFile === undefined ? undefined : new StateFile(stateFile, snapshot, log);
  if (stored) restoreNetwork(network, stored);

  const sessions = new Set<Session>();
  const clients = (): ClientSession[] => [...sessions].filter((session) => session instanceof ClientSession);
  faults.whenAdded(() => {
    for (const client of clients()) strike(client);
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
      let session: Session | undefined;
      const who = () => (session instanceof ClientSession ? session.companion.address : undefined);
      connection.events = {
        onHello: (hello) => {
          session = accept(hello, connection, network);
          if (session) sessions.add(session);
        },
        onNode: (node) => {
          transcript.record('in', who(), node);
          session?.onNode(node);
        },
        onSent: (node) => transcript.record('out', who(), node),
        onClose: () => {
          if (session) sessions.delete(session);
          session?.onClose();
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
    await state?.close();
  };
  return {
    url: `ws://${host}:${port}/ws/chat`,
    port,
    rootPublicKey: authority.rootPublicKey,
    caCertificate: tls.certificate,
    mediaFaults: mediaServer.faults,
    phones: {
      create: ({ number, name } = {}) => network.createPhone(number, name),
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
    faults,
    transcript,
    connections: () => clients().length,
    stop: () => (stopped ??= stop()),
  };
}
