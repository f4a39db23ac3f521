import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { NewEvent } from '#lib/event-store';
import { newId } from '#lib/ids';
import { eventually } from '../support/eventually.js';
import { peakMemoryOf } from '../support/process-usage.js';
import { startService, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { median, type Figure, type Measured } from './harness.js';

const short = 10_000;
const long = 1_000_000;
const rounds = 3;
const sessions = 20;
const catchUpTimeoutMs = 600_000;
const eventsPerAppend = 1000;
/** What the store has not answered yet: its index lags behind far larger batches. */
const maxPendingEvents = 2000;

const at = '2026-11-01T00:00:00.000Z';
const userId = newId();
const sessionIds = Array.from({ length: sessions }, () => newId());
const metadata = {
  correlationId: userId,
  causationId: userId,
  actor: { kind: 'system', id: 'bench' },
  schemaVersion: 1,
} as const;
const event = (type: string, data: object): NewEvent => ({ id: newId(), type, data, metadata });

/** What a year of sessions that lose their connections leaves behind, and what nobody folds at the start: messages on their way. */
function* history(events: number): Generator<{ readonly stream: string; readonly events: readonly NewEvent[] }> {
  const user = { userId, name: 'Bench', email: 'bench@example.com', emailKey: 'bench' };
  const limits = {
    maxMessagesPerDay: 10_000,
    requestsPerMinute: 600,
    maxSessions: 100,
  };
  yield { stream: `user-${userId}`, events: [event('UserRegistered', { ...user, limits, registeredAt: at })] };
  const account = {
    phoneNumber: '+491700000000',
    jid: '491700000000:1@s.whatsapp.net',
    lid: null,
    pushName: null,
    platform: null,
  };
  for (const sessionId of sessionIds) {
    const of = { sessionId, userId };
    const begun = event('SessionInitialized', {
      ...of,
      name: null,
      pairing: 'qr',
      phoneNumber: null,
      start: 1,
      initializedAt: at,
    });
    const perSession = Math.floor(events / sessions / 2);
    const flaps = Array.from({ length: Math.floor(perSession / 2) }, () => [
      event('SessionConnected', { ...of, ...account, connectedAt: at }),
      event('SessionDisconnected', {
        ...of,
        reason: 'connection_lost',
        code: 408,
        detail: 'Lost.',
        willReconnect: true,
        disconnectedAt: at,
      }),
    ]).flat();
    const all = [begun, ...flaps, event('SessionStopped', { ...of, stoppedAt: at })];
    for (let first = 0; first < all.length; first += eventsPerAppend) {
      yield { stream: `session-${sessionId}`, events: all.slice(first, first + eventsPerAppend) };
    }
  }
  for (let number = 0; number < events / 2 / 2; number += 1) {
    const messageId = newId();
    const of = { messageId, userId, sessionId: sessionIds[number % sessions], chatId: userId };
    yield {
      stream: `message-${messageId}`,
      events: [
        event('MessageSent', { ...of, sentAt: at, whatsappAt: null }),
        event('MessageDelivered', { ...of, deliveredAt: at, whatsappAt: null }),
      ],
    };
  }
}

const fill = async (directory: string, events: number): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const store = await openSqliteEventStore({ file: join(directory, 'events.db') });
  let pending: Promise<unknown>[] = [];
  let pendingEvents = 0;
  for (const { stream, events: some } of history(events)) {
    pending.push(store.append({ stream, expected: 'any', events: some }));
    pendingEvents += some.length;
    if (pendingEvents < maxPendingEvents) continue;
    await Promise.all(pending);
    [pending, pendingEvents] = [[], 0];
  }
  await Promise.all(pending);
  await store.close();
};

const start = (directory: string): Service =>
  startService({ WAYBILL_DATA_DIR: directory, WAYBILL_WHATSAPP: 'live', WAYBILL_ADMIN_PASSWORD: 'a long password' });

type Start = { readonly seconds: number; readonly peakMegabytes: number };

/** From the start of the process until `/health/ready` answers 200; the service is then stopped in order. */
const startOnce = async (directory: string): Promise<Start> => {
  const begun = performance.now();
  const service = start(directory);
  const url = await eventually(() => /"url":"(http:[^"]+)"/.exec(service.output())?.[1] ?? false, catchUpTimeoutMs);
  await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, catchUpTimeoutMs);
  const measured = { seconds: (performance.now() - begun) / 1000, peakMegabytes: peakMemoryOf(service.process) };
  service.process.kill('SIGTERM');
  await service.ended();
  return measured;
};

/** The first start fills the views and makes the snapshots. */
const startTimes = async (
  directory: string,
  events: number,
): Promise<{ readonly first: Start; readonly later: number }> => {
  await fill(directory, events);
  const first = await startOnce(directory);
  const later: number[] = [];
  for (let round = 0; round < rounds; round += 1) later.push((await startOnce(directory)).seconds);
  return { first, later: median(later) };
};

const firstOf = ({ first: { seconds, peakMegabytes } }: { readonly first: Start }): string =>
  `${seconds.toFixed(1)} s, ${peakMegabytes.toFixed(0)} MB at most`;

const startTime = async (): Promise<Measured> => {
  const directory = await temporaryDirectory();
  try {
    const few = await startTimes(join(directory.path, 'short'), short);
    const many = await startTimes(join(directory.path, 'long'), long);
    return {
      ratio: few.later / many.later,
      value: many.later,
      floor: few.later,
      notes: [`the first start, which fills the views: ${firstOf(many)}; with the shorter log ${firstOf(few)}`],
    };
  } finally {
    await directory.remove();
  }
};

export const startTimeFigures: readonly Figure[] = [
  {
    name: 'start-time',
    product: `ready after a restart, with ${long.toLocaleString('en')} events in the log`,
    floor: `the same with ${short.toLocaleString('en')}`,
    unit: 's',
    aim: 1 / 1.5,
    run: startTime,
  },
];
