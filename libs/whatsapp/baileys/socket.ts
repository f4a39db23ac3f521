import { Agent } from 'node:https';
import {
  Browsers,
  isJidNewsletter,
  isJidStatusBroadcast,
  makeWASocket,
  proto,
  type UserFacingSocketConfig,
  type WAMessageKey,
  type WASocket,
} from '@whiskeysockets/baileys';
import { withSharedAsyncContext } from './async-context.js';
import { rememberContactTokens } from './contact-tokens.js';
import type { SessionCredentials } from './credentials/session-credentials.js';
import { ExpiringCache } from './expiring-cache.js';
import { baileysLogger } from './logger.js';
import type { BaileysOptions, Timing } from './options.js';
import { quietLibsignal } from './quiet-libsignal.js';
import type { Arrivals } from './arrivals.js';
import type { OutgoingFrames } from './outgoing-frames.js';
import { steadyRepository } from './signal-repository.js';

/** What one connection of a session learns and the next one wants to know. Not shared by sessions: each leaves itself out of its lists. */
export type SocketMemory = Pick<UserFacingSocketConfig, 'msgRetryCounterCache' | 'userDevicesCache'>;

/** Longer ones would run at once. */
const longestIntervalMs = 2 ** 31 - 1;

const onDemand: number = proto.HistorySync.HistorySyncType.ON_DEMAND;

export const newMemory = (): SocketMemory => ({
  msgRetryCounterCache: new ExpiringCache(3_600_000, 1000),
  userDevicesCache: new ExpiringCache(300_000, 1000),
});

type SocketParts = {
  readonly sessionId: string;
  readonly credentials: SessionCredentials;
  readonly memory: SocketMemory;
  readonly arrivals: Arrivals;
  readonly frames: OutgoingFrames;
  readonly options: BaileysOptions;
  readonly timing: Timing;
  readonly getMessage: (key: WAMessageKey) => Promise<proto.IMessage | undefined>;
};

/** Opens a socket that connects at once. Nothing is fetched but from the given server: Baileys' own idea of the version is used. */
export const openSocket = (parts: SocketParts): WASocket => {
  const { sessionId, credentials, memory, arrivals, frames, options, timing, getMessage } = parts;
  quietLibsignal();
  const { creds, keys } = credentials;
  const socket = withSharedAsyncContext(() =>
    makeWASocket({
      ...memory,
      ...(options.url !== undefined && { waWebSocketUrl: options.url }),
      ...(options.ca !== undefined && { fetchAgent: new Agent({ ca: options.ca }) }),
      ...(timing.qr !== undefined && { qrTimeout: timing.qr }),
      auth: { creds, keys },
      logger: baileysLogger(sessionId, options.log),
      browser: options.device ? [...options.device] : Browsers.ubuntu('Chrome'),
      // The watchdog sees to both. Baileys' timeout is also a timer and two stack traces for every frame that leaves, and its
      // keep-alive goes by the wall clock: set forward, that would end every connection.
      connectTimeoutMs: 0,
      keepAliveIntervalMs: longestIntervalMs,
      defaultQueryTimeoutMs: timing.query,
      makeSignalRepository: steadyRepository(keys, arrivals, frames),
      getMessage,
      // A receipt that is faster than the echo of our own message would be merged into that and lost.
      emitOwnEvents: false,
      // Otherwise the phone stops notifying its owner, and everybody sees the account online day and night.
      markOnlineOnConnect: false,
      syncFullHistory: false,
      // Nothing asks for this one, so no history is ever loaded; refusing every type would make Baileys warn at each connection.
      shouldSyncHistoryMessage: ({ syncType }) => Number(syncType) === onDemand,
      shouldIgnoreJid: (jid) => isJidStatusBroadcast(jid) || isJidNewsletter(jid),
      generateHighQualityLinkPreview: false,
    }),
  );
  frames.guard(socket);
  rememberContactTokens(socket.authState.keys, keys);
  return socket;
};
