import { deepStrictEqual } from 'node:assert';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { eventually } from '../support/eventually.js';
import type { Figure, Measured } from './harness.js';
import { longLog, startOn, type BenchLog } from './long-log.js';

const catchUpTimeoutMs = 600_000;
/** Of all that happens in it. */
const period = 'from=2026-10-31&to=2027-01-31';
/** A table of hours has up to 31 days: when the messages were. */
const periodByHour = 'from=2027-01-01&to=2027-01-31';
const aimSeconds = 60;
const views = ['usage', 'connections'];

type Total = { readonly [figure: string]: unknown };
type Expected = { accepted: number; sent: number; delivered: number; read: number; connectedMinutes: number };

/** Counted by reading the log from its beginning, without any projection. */
const countedAnew = async ({ file }: BenchLog): Promise<Expected> => {
  const counts = new Map<string, number>();
  let connectedMs = 0;
  const store = await openSqliteEventStore({ file });
  for await (const { type, data } of store.readAll()) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
    const { connectedSince, disconnectedAt } = data as { connectedSince?: string; disconnectedAt?: string };
    if (connectedSince !== undefined && disconnectedAt !== undefined) {
      connectedMs += Date.parse(disconnectedAt) - Date.parse(connectedSince);
    }
  }
  await store.close();
  const of = (type: string): number => counts.get(type) ?? 0;
  return {
    accepted: of('MessageQueued'),
    sent: of('MessageSent'),
    delivered: of('MessageDelivered'),
    read: of('MessageRead'),
    connectedMinutes: Math.round(connectedMs / 60_000),
  };
};

/** The service on such a log, asked as its first admin. */
const asked = async (
  { directory }: BenchLog,
  work: (ask: Ask, output: () => string) => Promise<void>,
): Promise<void> => {
  const service = startOn(directory);
  try {
    const url = await service.url();
    await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, catchUpTimeoutMs);
    const body = JSON.stringify({ email: 'admin@waybill.local', password: 'a long password' });
    const headers = { 'content-type': 'application/json' };
    const login = await fetch(`${url}/v1/admin/auth/login`, { method: 'POST', headers, body });
    const { accessToken } = (await login.json()) as { readonly accessToken: string };
    await work(async (method, path) => {
      const answer = await fetch(`${url}/v1/admin/${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}` },
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.status === 202 ? undefined : await answer.json();
    }, service.output);
  } finally {
    service.process.kill('SIGTERM');
    await service.ended();
  }
};
type Ask = (method: string, path: string) => Promise<unknown>;

/** @throws {AssertionError} any figure differs. */
const measure = async (): Promise<Measured> => {
  const log = await longLog();
  const expected = await countedAnew(log);
  let seconds = 0;
  await asked(log, async (ask, output) => {
    const groupings = ['day', 'hour', 'session', 'kind', 'user'];
    const figures = () =>
      Promise.all(groupings.map((by) => ask('GET', `usage?groupBy=${by}&${by === 'hour' ? periodByHour : period}`)));
    const live = await figures();
    const { total } = live[0] as { readonly total: Total };
    const { accepted, sent, delivered, read, connectedMinutes } = total;
    deepStrictEqual({ accepted, sent, delivered, read, connectedMinutes }, expected);
    const begunAt = performance.now();
    for (const view of views) await ask('POST', `projections/${view}/rebuild`);
    await eventually(() => output().split('View rebuilt').length > views.length, catchUpTimeoutMs);
    seconds = (performance.now() - begunAt) / 1000;
    deepStrictEqual(await figures(), live);
  });
  return {
    ratio: aimSeconds / seconds,
    value: seconds,
    floor: aimSeconds,
    notes: [`the same figures three times: ${JSON.stringify(expected)}`],
  };
};

export const usageFigures: readonly Figure[] = [
  {
    name: 'usage-rebuilt',
    product: 'usage made anew from 1,000,000 events, with the same figures as before and as a plain count of the log',
    floor: `${aimSeconds} s`,
    unit: 's',
    aim: 1,
    run: measure,
  },
];
