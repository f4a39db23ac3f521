import { ReadableStream } from 'node:stream/web';
import { workerData } from 'node:worker_threads';
import { serveThread } from '#lib/threads';
import { MasterKey } from '#lib/vault';
import type { WhatsAppConnections, WhatsAppLogger } from '../../port.js';
import { nameOf, openCredentials, openSealedCredentials, type CredentialStore } from '../credentials/index.js';
import { loggedErrors, whatsAppErrors } from '../../error-classes.js';
import type { BaileysMainMethods, BaileysThreadMethods, BaileysThreadData } from './methods.js';

const lastSeenIntervalMs = 1000;

const { credentials: place, key, mayBeNew, ...options } = workerData as BaileysThreadData;
let credentials: CredentialStore | undefined;
let opening: Promise<WhatsAppConnections> | undefined;
let connections: WhatsAppConnections | undefined;
/** What the main thread knows of each session. */
const toldLastSeen = new Map<string, string | undefined>();

const stored = (): CredentialStore => {
  if (!credentials) throw new Error('The thread is not open');
  return credentials;
};

const opened = (): Promise<WhatsAppConnections> => (opening ??= withBaileys(stored()));

/** Baileys takes a second and 60 MB to load: the start of the service does not wait for it, and without sessions it is not loaded. */
const withBaileys = async (store: CredentialStore): Promise<WhatsAppConnections> => {
  const { BaileysConnections } = await import('../connections.js');
  return (connections = new BaileysConnections({
    ...options,
    key: new MasterKey(key),
    credentials: store,
    report: (sessionId, report) => main.ask('report', sessionId, report),
    sentMessages: (sessionId, whatsappId) => main.ask('sentMessage', sessionId, whatsappId),
    proxies: (sessionId) => main.ask('proxy', sessionId),
    log,
  }));
};

const methods: BaileysThreadMethods = {
  open: async () => {
    const stored = await openCredentials(place);
    try {
      credentials = await openSealedCredentials(stored, { store: nameOf(place), key: new MasterKey(key), mayBeNew });
    } catch (error) {
      await stored.close();
      throw error;
    }
    // The sessions that are linked are about to be started again.
    if ((await credentials.sessions()).length > 0) void opened();
  },
  start: async (sessionId, start) => {
    const ready = await opened();
    toldLastSeen.set(sessionId, undefined);
    return ready.start(sessionId, start);
  },
  stop: async (sessionId) => (await opened()).stop(sessionId),
  logout: async (sessionId) => (await opened()).logout(sessionId),
  forget: async (sessionId) => (await opened()).forget(sessionId),
  send: async (sessionId, message) => (await opened()).send(sessionId, message),
  upload: async (sessionId, media, file) => (await opened()).uploadMedia(sessionId, media, file),
  checkNumbers: async (sessionId, phoneNumbers) => (await opened()).checkNumbers(sessionId, phoneNumbers),
  showActivity: async (sessionId, chat, activity) => (await opened()).showActivity(sessionId, chat, activity),
  markRead: async (sessionId, messages, as) => (await opened()).markRead(sessionId, messages, as),
  setPresence: async (sessionId, presence) => (await opened()).setPresence(sessionId, presence),
  groups: async (method, args) => {
    const { groups } = await opened();
    return (groups[method] as (...all: typeof args) => Promise<unknown>)(...args);
  },
  accounts: async (method, args) => {
    const { accounts } = await opened();
    return (accounts[method] as (...all: typeof args) => Promise<unknown>)(...args);
  },
  renewMedia: async (sessionId, message, media) => (await opened()).renewMedia(sessionId, message, media),
  rejectCall: async (sessionId, call) => (await opened()).rejectCall(sessionId, call),
  openEdit: async (sessionId, sealed) => (await opened()).openEdit(sessionId, sealed),
  openVote: async (sessionId, sealed) => (await opened()).openVote(sessionId, sealed),
  linkedSessions: async () => stored().sessions(),
  download: async (sessionId, media) => ReadableStream.from(await (await opened()).downloadMedia(sessionId, media)),
  close: async () => {
    clearInterval(lastSeenTimer);
    await (await opening)?.close();
    await credentials?.close();
  },
};

const main = serveThread<BaileysMainMethods>(methods, {
  errors: whatsAppErrors,
  batching: 'turn',
  onTellFailed: (error, method) => log.error({ err: error, method }, 'The main thread could not be told'),
});

const encoded = (details: object): object =>
  'err' in details ? { ...details, err: loggedErrors.encode(details.err) } : details;
const logAt =
  (level: keyof WhatsAppLogger) =>
  (details: object, message: string): void =>
    main.tell('log', level, encoded(details), message);
const log: WhatsAppLogger = { debug: logAt('debug'), warn: logAt('warn'), error: logAt('error') };

const tellLastSeen = (): void => {
  const times: (readonly [string, string])[] = [];
  for (const [sessionId, told] of toldLastSeen) {
    const connection = connections?.connection(sessionId);
    if (!connection) toldLastSeen.delete(sessionId);
    const at = connection?.lastSeenAt ?? undefined;
    if (at === undefined || at === told) continue;
    toldLastSeen.set(sessionId, at);
    times.push([sessionId, at]);
  }
  if (times.length > 0) main.tell('lastSeen', times);
};
const lastSeenTimer = setInterval(tellLastSeen, lastSeenIntervalMs);
