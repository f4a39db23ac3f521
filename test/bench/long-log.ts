import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#lib/ids';
import { startService } from '../support/service.js';
import { RawLog } from './event-store-raw.js';
import { benchDirectory, type PlacedEvent } from './event-store-workload.js';
import { at, messageEvents, sessionIds, userId } from './messages-workload.js';

const events = 1_000_000;
const eventsPerTransaction = 8192;
/** Of so many events, one is of a session that loses its connection and finds it again. */
const eventsPerFlap = 20;

const metadata = {
  correlationId: userId,
  causationId: userId,
  actor: { kind: 'system', id: 'bench' },
  schemaVersion: 1,
} as const;
const event = (type: string, data: object): PlacedEvent['event'] => ({ id: newId(), type, data, metadata });

/** What a year of an account leaves behind: messages on their way, and sessions that lose their connections. */
function* history(count: number): Generator<PlacedEvent> {
  const user = { userId, name: 'Bench', email: 'bench@example.com', emailKey: 'bench' };
  const limits = { maxMessagesPerDay: 10_000, requestsPerMinute: 600, maxSessions: 100, maxWebhooks: 0 };
  const registered = event('UserRegistered', { ...user, limits, registeredAt: at });
  yield { stream: `user-${userId}`, revision: 0, event: registered };
  const revisions = new Map<string, number>();
  const ofSession = (sessionId: string, type: string, data: object): PlacedEvent => {
    const revision = revisions.get(sessionId) ?? 0;
    revisions.set(sessionId, revision + 1);
    return { stream: `session-${sessionId}`, revision, event: event(type, { sessionId, userId, ...data }) };
  };
  for (const sessionId of sessionIds) yield ofSession(sessionId, 'SessionInitialized', initialized);
  const rest = count - 1 - 2 * sessionIds.length;
  const messages = messageEvents();
  for (let number = 0; number < rest; number += 1) {
    const flap = Math.floor(number / eventsPerFlap);
    const sessionId = sessionIds[Math.floor(flap / 2) % sessionIds.length] as string;
    if (number % eventsPerFlap > 0) {
      const { stream, revision, type, data } = messages.next().value;
      yield { stream, revision, event: event(type, data) };
    } else if (flap % 2 === 0) yield ofSession(sessionId, 'SessionConnected', connected(flapTime(flap)));
    else yield ofSession(sessionId, 'SessionDisconnected', disconnected(flapTime(flap - 1), flapTime(flap)));
  }
  for (const sessionId of sessionIds) yield ofSession(sessionId, 'SessionStopped', { stoppedAt: at });
}

const initialized = { name: null, pairing: 'qr', phoneNumber: null, start: 1, initializedAt: at };
/** Each connection stands for some seconds. */
const flapTime = (flap: number): string => new Date(Date.parse(at) + flap * 3_500).toISOString();

const connected = (connectedAt: string) => ({
  phoneNumber: '+491700000000',
  jid: '491700000000:1@s.whatsapp.net',
  lid: null,
  pushName: null,
  platform: null,
  connectedAt,
});
const disconnected = (connectedSince: string, disconnectedAt: string) => ({
  reason: 'connection_lost',
  code: 408,
  detail: 'Lost.',
  willReconnect: true,
  connectedSince,
  disconnectedAt,
});

/** Starts the service on a data directory, for the figures that need a service. */
export const startOn = (directory: string): ReturnType<typeof startService> =>
  startService({ WAYBILL_DATA_DIR: directory, WAYBILL_WHATSAPP: 'live', WAYBILL_ADMIN_PASSWORD: 'a long password' });

/**
 * Writes such a log past the adapter, which takes half a minute for a million events: into the directory of a service that was started once,
 * since a log without the keys that belong to it is refused. Views and sagas begin with it.
 */
const makeLog = async (count: number): Promise<BenchLog> => {
  const directory = benchDirectory();
  const service = startOn(directory);
  await service.url();
  service.process.kill('SIGTERM');
  await service.ended();
  for (const store of ['views.db', 'sagas.db']) {
    for (const suffix of ['', '-wal', '-shm']) await rm(join(directory, `${store}${suffix}`), { force: true });
  }
  const file = join(directory, 'events.db');
  const raw = new RawLog(file);
  raw.db.pragma('synchronous = OFF');
  let batch: PlacedEvent[] = [];
  const flush = (): void => {
    raw.append(raw.rowsFor(batch), eventsPerTransaction);
    batch = [];
  };
  for (const placed of history(count)) if (batch.push(placed) >= eventsPerTransaction) flush();
  flush();
  raw.index();
  raw.db.pragma('wal_checkpoint(TRUNCATE)');
  raw.close();
  return { directory, file, events: count };
};

/** A data directory with nothing but a log. */
export type BenchLog = { readonly directory: string; readonly file: string; readonly events: number };

let long: Promise<BenchLog> | undefined;

/** The same for all figures of a run. */
export const longLog = (): Promise<BenchLog> => (long ??= makeLog(events));

export const shortLog = (count: number): Promise<BenchLog> => makeLog(count);
