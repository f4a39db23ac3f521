import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ModuleRef } from '@nestjs/core';
import { Transient } from '#lib/async';
import { StoreUnavailable } from '#lib/event-store';
import { newId } from '#lib/ids';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { STORES, VAULT } from '../../src/platform/tokens.js';
import type { Stores } from '../../src/platform/stores.js';
import { Streams } from '../../src/platform/streams/streams.js';
import { Subscriptions } from '../../src/platform/subscriptions.js';
import type { Vault } from '../../src/platform/vault.js';
import { Views } from '../../src/platform/views/views.js';
import { deliveries } from '../../src/webhooks/deliveries.contract.js';
import { slotOf, type Attempt } from '../../src/webhooks/delivery.contract.js';
import type {
  ParkPending,
  RecordAttempts,
  RequeueDeliveries,
  ScheduleDeliveries,
} from '../../src/webhooks/delivery.commands.js';
import { DeliverySelections } from '../../src/webhooks/delivery-selections.js';
import { Dispatcher } from '../../src/webhooks/dispatch/dispatcher.js';
import { Recorder } from '../../src/webhooks/dispatch/recorder.js';
import { maxFailingMs, retryWaitsMs } from '../../src/webhooks/retry.rules.js';
import type { DisableWebhook, WebhookCommand } from '../../src/webhooks/webhook.commands.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { quiet } from '../support/stores.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const context = CommandContext.new({ kind: 'system', id: 'test' });
const userId = newId();
const now = (): string => new Date().toISOString();

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const of = (webhookId: string) => ({ webhookId, userId, at: now() });
const execute = (command: WebhookCommand | ScheduleDeliveries | ParkPending) =>
  service.app.get(CommandBus, { strict: false }).execute(command, context);

const register = async (ordered = false): Promise<string> => {
  const webhookId = newId();
  const settings = { events: ['*'], sessionIds: null, headerNames: [], ordered, description: null };
  const data = { ...of(webhookId), url: 'http://127.0.0.1:9/', ...settings, userLimit: 100 };
  await execute({ type: 'RegisterWebhook', data });
  return webhookId;
};

/** As the fan-out does it, for an event that happened before. */
const schedule = (webhookId: string) => {
  const delivery = { deliveryId: newId(), eventId: `evt_${newId()}`, event: 'message.sent', stream: 'message-1' };
  const what = { revision: 0, sessionId: null, chatId: null, mediaId: null, happenedAt: now() };
  const data = { ...of(webhookId), missed: false, deliveries: [{ ...delivery, ...what }] };
  return execute({ type: 'ScheduleDeliveries', data });
};

const shown = async (webhookId: string) => {
  await service.app.get(Views, { strict: false }).fresh(deliveries);
  const { models } = service.app.get<Stores>(STORES);
  return (await models.find(deliveries, { where: { webhookId }, limit: 10 })).data;
};

const recorded = async (type: string, webhookId: string) =>
  (await service.events()).filter(
    (event) => event.type === type && (event.data as { readonly webhookId?: string }).webhookId === webhookId,
  );
const isRecorded = async (type: string, webhookId: string): Promise<boolean> =>
  (await recorded(type, webhookId)).length > 0;

describe('the deliveries of a webhook that is disabled', () => {
  it('are parked', async () => {
    const webhookId = await register();
    await schedule(webhookId);
    const since = now();
    await execute({ type: 'DisableWebhook', data: { ...of(webhookId), code: 'gone', reason: 'It is gone', since } });
    await eventually(async () => (await shown(webhookId)).every(({ status }) => status === 'parked'));
    expect((await shown(webhookId)).map(({ status, dueAt }) => [status, dueAt])).toEqual([['parked', null]]);
  });

  it('are parked when that is asked for again, where they came after it', async () => {
    const webhookId = await register();
    const since = now();
    await execute({ type: 'DisableWebhook', data: { ...of(webhookId), code: 'gone', reason: 'It is gone', since } });
    await schedule(webhookId);
    await execute({ type: 'ParkPending', data: { webhookId, userId, position: 0 } });
    expect((await shown(webhookId)).map(({ status }) => status)).toEqual(['parked']);
  });
});

describe('the deliveries of a webhook that is removed', () => {
  it.each(['as it is removed', 'once they are closed'])('go, also those that are scheduled %s', async (when) => {
    const webhookId = await register();
    await schedule(webhookId);
    await execute({ type: 'RemoveWebhook', data: of(webhookId) });
    if (when === 'once they are closed') await eventually(() => isRecorded('DeliveriesClosed', webhookId));
    await schedule(webhookId);
    await eventually(() => isRecorded('DeliveriesClosed', webhookId));
    expect(await shown(webhookId)).toEqual([]);
  });
});

describe('an attempt that is recorded while the log is in trouble', () => {
  const failure = () => new StoreUnavailable('io', 'The log is away');
  const failed = (at: Date): Attempt => {
    const attempt = { deliveryId: newId(), number: 1, at: at.toISOString(), ms: 5, status: 500, answer: null };
    return { ...attempt, problem: 'It failed', outcome: 'parked', dueAt: null };
  };
  /** A recorder of which each kind of command fails once: a record after it was written. */
  const recorder = (): Recorder => {
    const commands = new CommandBus({} as ModuleRef);
    const pending = new Set(['RecordAttempts', 'DisableWebhook']);
    commands.route('RecordAttempts', async (command) => {
      const answer = await service.app.get(CommandBus, { strict: false }).execute(command as RecordAttempts, context);
      if (pending.delete('RecordAttempts')) throw failure();
      return answer;
    });
    commands.route('DisableWebhook', async (command) => {
      if (pending.delete('DisableWebhook')) throw failure();
      return execute(command as DisableWebhook);
    });
    return new Recorder(commands, service.app.get(Streams, { strict: false }), quiet);
  };

  it('is recorded once, and the webhook that has failed for days is disabled', async () => {
    const webhookId = await register();
    const first = failed(new Date());
    const last = failed(new Date(Date.now() + maxFailingMs));
    const records = recorder();
    await records.record({ webhookId, userId }, first);
    const position = await records.record({ webhookId, userId }, last);
    const found = await recorded('DeliveriesAttempted', webhookId);
    expect(found).toHaveLength(2);
    expect(position).toBe(found[1]?.position);
    expect(await recorded('WebhookDisabled', webhookId)).toHaveLength(1);
  });
});

describe('deliveries that are chosen by many at once', () => {
  /** A webhook with one delivery, which `atOnce` chooses so many times. */
  const chosen = async () => {
    const webhookId = await register();
    await schedule(webhookId);
    const deliveryId = (await shown(webhookId))[0]!.id;
    const choose = (_found: unknown, seen: number): RequeueDeliveries => ({
      type: 'RequeueDeliveries',
      data: { ...of(webhookId), deliveries: [{ deliveryId, attempts: 0 }], seen },
    });
    const selections = service.app.get(DeliverySelections, { strict: false });
    const select = () => selections.select(webhookId, [deliveryId], choose, context);
    return { webhookId, atOnce: (times: number) => Promise.allSettled(Array.from({ length: times }, select)) };
  };

  it('are chosen by one after the other', async () => {
    const { webhookId, atOnce } = await chosen();
    expect((await atOnce(50)).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await recorded('DeliveriesRequeued', webhookId)).toHaveLength(50);
  });

  it('are refused to all of them together, and not one after the other, while their view is behind', async () => {
    const { webhookId, atOnce } = await chosen();
    const view = service.app.get(Subscriptions, { strict: false }).named(deliveries.name);
    await view.stop();
    const start = performance.now();
    const [first, ...others] = await atOnce(5);
    const refused = [...others, ...(await atOnce(5))];
    const elapsedMs = performance.now() - start;
    void view.start();
    expect(first?.status).toBe('fulfilled');
    for (const one of refused) expect(one).toMatchObject({ reason: expect.any(Transient) });
    expect(elapsedMs).toBeLessThan(8000); // two waits of two seconds each, where nine would be eighteen
    await eventually(async () => (await atOnce(1))[0]?.status === 'fulfilled');
    expect(await recorded('DeliveriesRequeued', webhookId)).toHaveLength(2);
  });
});

describe('a delivery for which no request can be made', () => {
  const latest = async (webhookId: string) =>
    (await shown(webhookId))
      .toSorted((one, other) => one.number - other.number)
      .map((one) => {
        const { outcome, code, status } = one[slotOf(one.attempts)] ?? {};
        return { id: one.id, status: one.status, attempts: one.attempts, last: [outcome, code, status] };
      });
  const failed = (attempts: number, code: string) => ({
    status: 'pending',
    attempts,
    last: ['retried', code, null],
  });
  /** That its last attempt but one has failed. */
  const failOften = async (webhookId: string, deliveryId: string): Promise<void> => {
    const attempt = { deliveryId, number: retryWaitsMs.length, at: now(), ms: 0, status: 500, answer: null };
    const attempts: readonly Attempt[] = [{ ...attempt, problem: 'It failed', outcome: 'retried', dueAt: now() }];
    const { position } = await service.app
      .get(CommandBus, { strict: false })
      .execute<RecordAttempts>({ type: 'RecordAttempts', data: { ...of(webhookId), attempts } }, context);
    service.app.get(Dispatcher, { strict: false }).wake(webhookId, position);
  };

  it.each([
    ['its secret cannot sign', '{"secret":"","former":[],"headers":{}}', 'request_not_made'],
    ['its secret cannot be read', 'no JSON', 'request_not_made'],
    ['its secret was lost', undefined, 'secret_missing'],
  ])('fails like any other, and its chat goes on once it is parked: %s', async (_why, stored, code) => {
    const webhookId = await register(true);
    const { secrets } = service.app.get<Vault>(VAULT);
    if (stored !== undefined) await secrets.put('webhook', webhookId, Buffer.from(stored));
    for (let count = 0; count < 2; count += 1)
      await execute({ type: 'TestWebhook', data: { ...of(webhookId), testId: newId() } });
    const [first, second] = await eventually(async () => {
      const both = await latest(webhookId);
      return both.length === 2 && both[0]!.attempts === 1 && both;
    });
    expect(first).toMatchObject(failed(1, code));
    expect(second).toMatchObject({ status: 'pending', attempts: 0 });
    await failOften(webhookId, first!.id);
    await eventually(async () => (await latest(webhookId))[1]?.attempts === 1);
    expect(await latest(webhookId)).toMatchObject([
      { status: 'parked', last: ['parked', code, null] },
      failed(1, code),
    ]);
    await execute({ type: 'RemoveWebhook', data: of(webhookId) });
  });
});
