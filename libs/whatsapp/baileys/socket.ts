import { Agent } from 'node:https';
import {
  makeWASocket,
  proto,
  type UserFacingSocketConfig,
  type WAMessageKey,
  type WASocket,
} from '@whiskeysockets/baileys';
import { isStatus } from '../addresses.js';
import type { AppStateVersions } from './app-state-versions.js';
import type { ArrivalJournal } from './arrival-journal.js';
import { withSharedAsyncContext } from './async-context.js';
import { rememberContactTokens } from './contact-tokens.js';
import type { SessionCredentials } from './credentials/session-credentials.js';
import type { DeviceLists } from './device-lists.js';
import { ExpiringCache } from './expiring-cache.js';
import { baileysLogger } from './logger.js';
import type { BaileysOptions, Timing } from './options.js';
import { useNativeCurve } from './native-curve.js';
import type { Proxy } from '../port.js';
import { proxyAgent, proxyDispatcher, type ProxyFailed } from './proxy.js';
import { quietLibsignal } from './quiet-libsignal.js';
import type { OutgoingFrames } from './outgoing-frames.js';
import { askForKeysByNumber, leaveOutDevicesWithoutKeys } from './recipient-keys.js';
import type { ReadRanges } from './read-ranges.js';
import { relayToPeopleWithoutTransaction } from './relays.js';
import type { SessionRenewals } from './session-renewals.js';
import type { PassedStanza } from './socket-events.js';
import { durableSignalRepository, type KeyAndArrivalStore, type SignalRepositoryParts } from './signal-repository.js';

/** Caches of one session that outlive a connection. */
export type SocketCaches = Pick<UserFacingSocketConfig, 'msgRetryCounterCache'>;

/** A longer interval would be treated as none at all. */
const maxIntervalMs = 2 ** 31 - 1;

/** Operating system, browser and version. Phones show the first of them. */
const defaultDevice = ['Waybill', 'Chrome', '1.0.0'] as const;

const { PUSH_NAME, ON_DEMAND } = proto.HistorySync.HistorySyncType;
const loadedHistory: ReadonlySet<number> = new Set([PUSH_NAME, ON_DEMAND]);

const retryCountLifetimeMs = 3_600_000;
const maxCacheEntries = 1000;

export const newSocketCaches = (): SocketCaches => ({
  msgRetryCounterCache: new ExpiringCache(retryCountLifetimeMs, maxCacheEntries),
});

type SocketParts = {
  readonly sessionId: string;
  readonly credentials: SessionCredentials;
  readonly caches: SocketCaches;
  readonly journal: ArrivalJournal;
  readonly frames: OutgoingFrames;
  readonly deviceLists: DeviceLists;
  readonly renewals: SessionRenewals;
  readonly versions: AppStateVersions;
  readonly readRanges: ReadRanges;
  readonly onStoreFailed: SignalRepositoryParts['onStoreFailed'];
  readonly options: BaileysOptions;
  readonly timing: Timing;
  readonly proxy: Proxy | undefined;
  readonly onProxyFailed: (error: ProxyFailed) => void;
  readonly cachedGroupMetadata: NonNullable<UserFacingSocketConfig['cachedGroupMetadata']>;
  readonly getMessage: (key: WAMessageKey) => Promise<proto.IMessage | undefined>;
  readonly passed: PassedStanza;
};

/** Opens a socket, which connects at once. It contacts no other server than the given one, so the version of WhatsApp is the one in Baileys. */
export const openSocket = (parts: SocketParts): WASocket => {
  const { proxy, onProxyFailed } = parts;
  const { sessionId, credentials, caches, frames, deviceLists, options, timing, passed } = parts;
  const { getMessage, cachedGroupMetadata } = parts;
  quietLibsignal();
  useNativeCurve();
  const { creds } = credentials;
  const keys = endingWhereUnreadable(credentials.keys, parts.onStoreFailed);
  const socket = withSharedAsyncContext(() =>
    makeWASocket({
      ...caches,
      ...(options.url !== undefined && { waWebSocketUrl: options.url }),
      ...(options.ca !== undefined && { fetchAgent: new Agent({ ca: options.ca }) }),
      ...(proxy && {
        agent: proxyAgent(proxy, options.ca, onProxyFailed),
        // For what Baileys itself downloads, such as states of the account.
        options: { dispatcher: proxyDispatcher(proxy, options.ca) } as unknown as RequestInit,
      }),
      ...(timing.qrLifetimeMs !== undefined && { qrTimeout: timing.qrLifetimeMs }),
      auth: { creds, keys: parts.versions.over(keys) },
      logger: baileysLogger(sessionId, options.log, (details) => parts.readRanges.traced(details)),
      browser: [...(options.device ?? defaultDevice)],
      // The watchdog replaces both. Baileys' timeout would cost a timer and two stack traces for every frame that is sent. Its keep-alive
      // uses the wall clock: when that is set forward, every connection would be ended.
      connectTimeoutMs: 0,
      keepAliveIntervalMs: maxIntervalMs,
      defaultQueryTimeoutMs: timing.queryTimeoutMs,
      makeSignalRepository: durableSignalRepository({ ...parts, store: keys }),
      userDevicesCache: deviceLists,
      getMessage,
      cachedGroupMetadata,
      // Otherwise a receipt that is faster than the event of the own message would be merged into that event, and lost.
      emitOwnEvents: false,
      // Otherwise the phone would stop notifying its owner, and the account would always be shown as online.
      markOnlineOnConnect: false,
      syncFullHistory: false,
      // Of the history that the phone sends a newly linked device, only what people call themselves is loaded.
      shouldSyncHistoryMessage: ({ syncType }) => loadedHistory.has(Number(syncType)),
      // Baileys would answer a device that could not decrypt a status post: it would send that to nobody.
      shouldIgnoreJid: (jid) => isStatus(jid) && passed.kind === 'receipt',
      generateHighQualityLinkPreview: false,
    }),
  );
  frames.intercept(socket);
  relayToPeopleWithoutTransaction(socket);
  forgetRecentMessages(socket);
  askForKeysByNumber(socket.signalRepository);
  socket.ws.on('frame', leaveOutDevicesWithoutKeys); // before Baileys reads the answer
  rememberContactTokens(socket.authState.keys, keys);
  return socket;
};

/** Keys that cannot be read look to Baileys like a message without content, which it confirms: the connection ends before that. */
const endingWhereUnreadable = (keys: KeyAndArrivalStore, onFailed: (error: unknown) => void): KeyAndArrivalStore => ({
  ...keys,
  get: async (type, ids) => {
    try {
      return await keys.get(type, ids);
    } catch (error) {
      onFailed(error);
      throw error;
    }
  },
});

/** A message that is asked for again may have been revoked or edited since: `getMessage` knows, Baileys' own cache does not. */
const forgetRecentMessages = ({ messageRetryManager }: Pick<WASocket, 'messageRetryManager'>): void => {
  if (!messageRetryManager) return;
  messageRetryManager.addRecentMessage = () => undefined;
  messageRetryManager.getRecentMessage = () => undefined;
};
