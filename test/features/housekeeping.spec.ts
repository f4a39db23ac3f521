import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type Answer, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const variables = {
  WAYBILL_WHATSAPP: 'sandbox',
  WAYBILL_SANDBOX_URL: 'ws://127.0.0.1:9',
  WAYBILL_OUTBOUND_ALLOW: '127.0.0.1/32',
};
const dayMs = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();
const context = CommandContext.new({ kind: 'system', id: 'test' });

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;
let key: string;
let userId: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path, { variables });
  token = await service.logIn();
  const call = (route: string, body: unknown) => service.call(route, { token, body });
  userId = (await call('POST /v1/admin/users', { name: 'Shop', email: 'shop@example.com' })).body.id;
  key = (await call(`POST /v1/admin/users/${userId}/api-keys`, { name: 'key' })).body.secret;
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const user = (route: string, body?: unknown): Promise<Answer> => service.call(route, { key, body });
const execute = (type: string, data: object) => service.app.get(CommandBus).execute({ type, data }, context);

/** Runs a job; answers what it says of itself. */
const run = async (name: string): Promise<Record<string, number>> => {
  const before = (await service.call(`GET /v1/admin/jobs/${name}`, { token })).body.lastRun?.startedAt;
  expect((await service.call(`POST /v1/admin/jobs/${name}/run`, { token })).status).toBe(202);
  const { outcome, result } = await eventually(async () => {
    const { lastRun } = (await service.call(`GET /v1/admin/jobs/${name}`, { token })).body;
    return lastRun !== null && lastRun.startedAt !== before && lastRun;
  });
  expect(outcome).toBe('succeeded');
  return result;
};

it('sessions that nobody has linked are deleted a week after the last attempt', async () => {
  const newSession = async (): Promise<string> => (await user('POST /v1/sessions')).body.id;
  const stop = (sessionId: string, days: number) => execute('StopSession', { sessionId, at: daysAgo(days) });
  const account = { phoneNumber: '+491701234567', jid: '1', lid: null, pushName: null, platform: null };
  const [old, young, linked] = [await newSession(), await newSession(), await newSession()];
  await execute('RecordSessionPaired', { sessionId: linked, account, start: null, at: daysAgo(8) });
  for (const [session, days] of [[old, 8] as const, [young, 6] as const, [linked, 8] as const])
    await stop(session, days);
  expect(await run('unpaired-sessions')).toEqual({ deleted: 1 });
  await eventually(async () => {
    const left = (await user('GET /v1/sessions')).body.data.map(({ id }: { id: string }) => id);
    expect(left.toSorted()).toEqual([young, linked].toSorted());
  });
  const deleted = (await service.events()).filter(({ type }) => type === 'SessionDeleted');
  expect(deleted.map(({ data, metadata }) => [data, metadata.actor])).toEqual([
    [expect.objectContaining({ sessionId: old }), { kind: 'system', id: 'unpaired-sessions' }],
  ]);
});

it('what became of deliveries is removed a month after they ended, also from a view that is rebuilt; pending ones stay', async () => {
  const { id: webhookId } = (await user('POST /v1/webhooks', { url: 'https://127.0.0.1:9/', events: ['session.*'] }))
    .body;
  await user(`POST /v1/webhooks/${webhookId}/pause`);
  const schedule = async (missed: boolean, days: number): Promise<string> => {
    const deliveryId = newId();
    const of = { eventId: `evt_${deliveryId}`, event: 'session.failed', stream: 'session-1', revision: 1 };
    const delivery = { deliveryId, ...of, sessionId: null, chatId: null, mediaId: null, happenedAt: daysAgo(days) };
    await execute('ScheduleDeliveries', { webhookId, userId, missed, deliveries: [delivery], at: daysAgo(days) });
    return deliveryId;
  };
  const [old, young, pending] = [await schedule(true, 31), await schedule(true, 29), await schedule(false, 31)];
  const shown = async (): Promise<readonly string[]> => {
    const { data } = (await user(`GET /v1/webhooks/${webhookId}/deliveries`)).body;
    return data
      .map(({ id }: { id: string }) => id)
      .filter((id: string) => [old, young, pending].includes(id))
      .toSorted();
  };
  await eventually(async () => (await shown()).length === 3);
  expect(await run('webhook-deliveries')).toEqual({ removed: 1 });
  await eventually(async () => expect(await shown()).toEqual([young, pending].toSorted()));
  expect(await run('webhook-deliveries')).toEqual({ removed: 0 });
  await service.call('POST /v1/admin/projections/deliveries/rebuild', { token });
  await eventually(async () => {
    const { data } = (await service.call('GET /v1/admin/projections', { token })).body;
    return data.find(({ name }: { name: string }) => name === 'deliveries')?.state === 'live';
  });
  expect(await shown()).toEqual([young, pending].toSorted());
});

it('the log is checked, and the stores are brought into shape', async () => {
  const { checked, complete } = await run('log-verification');
  expect(checked).toBeGreaterThan(5);
  expect(complete).toBe(true);
  expect(Object.keys(await run('store-upkeep'))).toEqual([
    'eventStore',
    'readModels',
    'sagaProgress',
    'vault',
    'requestLog',
  ]);
  expect(await run('expired-secrets')).toEqual({});
  expect(await run('unused-views')).toEqual({ removed: 0, names: '' });
});
