import { ReadableStream } from 'node:stream/web';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { MasterKey } from '#lib/vault';
import type { WhatsAppConnections, WhatsAppLogger } from '../../port.js';
import { sealedCredentials, type CredentialStore } from '../credentials/index.js';
import { openSqliteCredentials } from '../credentials/sqlite/index.js';
import type { MediaPiece, OwnerCalls, ThreadCalls, ThreadOptions } from './calls.js';
import { passError } from './errors.js';
import { Wire } from './wire.js';

/*
 * The sessions, on a thread of their own.
 */

/** How often is told when WhatsApp was heard, in milliseconds. */
const heardEvery = 1000;

const { file, key, ...options } = workerData as ThreadOptions;
let credentials: CredentialStore | undefined;
let opening: Promise<WhatsAppConnections> | undefined;
let connections: WhatsAppConnections | undefined;
const told = new Map<string, string | undefined>();

const stored = (): CredentialStore => {
  if (!credentials) throw new Error('The thread is not open');
  return credentials;
};

const opened = (): Promise<WhatsAppConnections> => (opening ??= withBaileys(stored()));

/** Baileys takes a second and 60 MB to load: the start of the service does not wait for it, and a service without sessions does without it. */
const withBaileys = async (store: CredentialStore): Promise<WhatsAppConnections> => {
  const { BaileysConnections } = await import('../connections.js');
  return (connections = new BaileysConnections({
    ...options,
    credentials: sealedCredentials(store, new MasterKey(key)),
    report: (sessionId, report) => owner.ask.report(sessionId, report),
    sentMessages: (sessionId, whatsappId) => owner.ask.sentMessage(sessionId, whatsappId),
    log,
  }));
};

const calls: ThreadCalls = {
  open: async () => {
    credentials = await openSqliteCredentials({ file });
    // The sessions that are linked are about to be started again.
    if ((await credentials.sessions()).length > 0) void opened();
  },
  start: async (sessionId, start) => {
    const ready = await opened();
    told.set(sessionId, undefined);
    return ready.start(sessionId, start);
  },
  stop: async (sessionId) => (await opened()).stop(sessionId),
  logout: async (sessionId) => (await opened()).logout(sessionId),
  forget: async (sessionId) => (await opened()).forget(sessionId),
  send: async (sessionId, message) => (await opened()).send(sessionId, message),
  checkNumbers: async (sessionId, phoneNumbers) => (await opened()).checkNumbers(sessionId, phoneNumbers),
  markRead: async (sessionId, messages) => (await opened()).markRead(sessionId, messages),
  linkedSessions: async () => stored().sessions(),
  download: async (media) => ReadableStream.from(pieces(await (await opened()).downloadMedia(media))),
  close: async () => {
    clearInterval(telling);
    await (await opening)?.close();
    await credentials?.close();
  },
};

const owner = new Wire<OwnerCalls>(parentPort as MessagePort, calls);

const passed = (details: object): object => ('err' in details ? { ...details, err: passError(details.err) } : details);
const logAt =
  (level: keyof WhatsAppLogger) =>
  (details: object, message: string): void =>
    owner.tell('log', level, passed(details), message);
const log: WhatsAppLogger = { debug: logAt('debug'), warn: logAt('warn'), error: logAt('error') };

async function* pieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<MediaPiece> {
  try {
    for await (const piece of bytes) yield { bytes: piece };
  } catch (error) {
    yield { failure: passError(error) };
  }
}

const tellHeard = (): void => {
  const times: (readonly [string, string])[] = [];
  for (const [sessionId, before] of told) {
    const connection = connections?.connection(sessionId);
    if (!connection) told.delete(sessionId);
    const at = connection?.lastSeenAt ?? undefined;
    if (at === undefined || at === before) continue;
    told.set(sessionId, at);
    times.push([sessionId, at]);
  }
  if (times.length > 0) owner.tell('heard', times);
};
const telling = setInterval(tellHeard, heardEvery);
