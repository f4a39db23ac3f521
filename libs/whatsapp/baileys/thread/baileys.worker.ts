import { ReadableStream } from 'node:stream/web';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { MasterKey } from '#lib/vault';
import type { WhatsAppConnections, WhatsAppLogger } from '../../port.js';
import { sealedCredentials, type CredentialStore } from '../credentials/index.js';
import { openSqliteCredentials } from '../credentials/sqlite/index.js';
import { BaileysConnections } from '../connections.js';
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
let connections: WhatsAppConnections | undefined;
const told = new Map<string, string | undefined>();

const opened = (): WhatsAppConnections => {
  if (!connections) throw new Error('The thread is not open');
  return connections;
};

const calls: ThreadCalls = {
  open: async () => {
    credentials = await openSqliteCredentials({ file });
    connections = new BaileysConnections({
      ...options,
      credentials: sealedCredentials(credentials, new MasterKey(key)),
      report: (sessionId, report) => owner.ask.report(sessionId, report),
      sentMessages: (sessionId, whatsappId) => owner.ask.sentMessage(sessionId, whatsappId),
      log,
    });
  },
  start: (sessionId, start) => {
    told.set(sessionId, undefined);
    return opened().start(sessionId, start);
  },
  stop: (sessionId) => opened().stop(sessionId),
  logout: (sessionId) => opened().logout(sessionId),
  forget: (sessionId) => opened().forget(sessionId),
  send: (sessionId, message) => opened().send(sessionId, message),
  checkNumbers: (sessionId, phoneNumbers) => opened().checkNumbers(sessionId, phoneNumbers),
  markRead: (sessionId, messages) => opened().markRead(sessionId, messages),
  linkedSessions: () => opened().linkedSessions(),
  download: async (media) => ReadableStream.from(pieces(await opened().downloadMedia(media))),
  close: async () => {
    clearInterval(telling);
    await connections?.close();
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
