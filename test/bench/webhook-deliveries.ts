import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'undici';
import { eventually } from '../support/eventually.js';
import { Waybill, type TestUser } from '../support/waybill.js';
import { compare, type Figure, type Measured } from './harness.js';

const deliveries = 2000;
/** What the bare loop has under way at once: as much as the service allows itself with each endpoint, or with all of a user's. */
const underWayOfOne = 16;
const underWayOfMany = 32;

/** A server in a process of its own that counts what is posted to it. */
class Receiver {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  static async start(): Promise<Receiver> {
    const child = fork(new URL('webhook-receiver.child.js', import.meta.url));
    const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
    return new Receiver(child, port);
  }

  url(endpoint: number): string {
    return `http://127.0.0.1:${this.port}/${endpoint}`;
  }

  async count(): Promise<number> {
    this.child.send('count');
    const [{ count }] = (await once(this.child, 'message')) as [{ readonly count: number }];
    return count;
  }

  stop(): void {
    this.child.kill();
  }
}

/** Posts the same bodies as the service does, and does nothing else. */
const bareLoop = async (receiver: Receiver, endpoints: number, body: string): Promise<number> => {
  const agent = new Agent();
  let next = 0;
  const post = async (): Promise<void> => {
    while (next < deliveries) {
      const url = receiver.url((next += 1) % endpoints);
      const headers = { 'content-type': 'application/json' };
      const answer = await request(url, { method: 'POST', body, headers, dispatcher: agent });
      await answer.body.dump();
    }
  };
  await Promise.all(Array.from({ length: endpoints === 1 ? underWayOfOne : underWayOfMany }, post));
  await agent.close();
  return deliveries;
};

/** The service delivers again what it has delivered before: from the view, as after an outage. */
const measure = async (endpoints: number): Promise<Measured> => {
  const receiver = await Receiver.start();
  const waybill = await Waybill.start({ WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });
  try {
    const user = await waybill.newUser({ maxWebhooks: endpoints });
    const ids = await registered(waybill, user, receiver, endpoints);
    const from = new Date(0).toISOString();
    await fill(waybill, user, ids);
    await eventually(async () => (await pendingOf(waybill, user, ids)) === 0, 120_000);
    const redeliver = async (): Promise<number> => {
      const target = (await receiver.count()) + deliveries;
      const body = { from, status: 'succeeded' };
      for (const id of ids) await waybill.call(`POST /v1/webhooks/${id}/redeliver`, { key: user.key, body });
      await eventually(async () => (await receiver.count()) >= target, 120_000);
      await eventually(async () => (await pendingOf(waybill, user, ids)) === 0, 120_000);
      return deliveries;
    };
    const floor = () => bareLoop(receiver, endpoints, JSON.stringify({ data: 'x'.repeat(700) }));
    return await compare({ rounds: 3, floor, product: redeliver });
  } finally {
    await waybill.end();
    receiver.stop();
  }
};

const registered = async (
  waybill: Waybill,
  { key }: TestUser,
  receiver: Receiver,
  endpoints: number,
): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let endpoint = 0; endpoint < endpoints; endpoint += 1) {
    const body = { url: receiver.url(endpoint), events: ['call.*'] };
    ids.push(((await waybill.call('POST /v1/webhooks', { key, body })).body as { readonly id: string }).id);
  }
  return ids;
};

const fill = async (waybill: Waybill, { key }: TestUser, ids: readonly string[]): Promise<void> => {
  const tests = Array.from({ length: deliveries }, (_, index) => ids[index % ids.length] ?? '');
  const test = async (): Promise<void> => {
    for (let id = tests.pop(); id !== undefined; id = tests.pop()) {
      await waybill.call(`POST /v1/webhooks/${id}/test`, { key });
    }
  };
  await Promise.all(Array.from({ length: 10 }, test));
};

const pendingOf = async (waybill: Waybill, { key }: TestUser, ids: readonly string[]): Promise<number> => {
  const pages = await Promise.all(
    ids.map((id) => waybill.call(`GET /v1/webhooks/${id}/deliveries?status=pending&limit=1`, { key })),
  );
  return pages.reduce((sum, { body }) => sum + (body as { readonly data: readonly object[] }).data.length, 0);
};

export const webhookFigures: readonly Figure[] = [1, 50].map((endpoints) => ({
  name: endpoints === 1 ? 'webhook-deliveries' : `webhook-deliveries-${endpoints}`,
  product: `deliveries on record to ${endpoints} endpoint${endpoints === 1 ? '' : 's'}`,
  floor: 'undici posts of such bodies in a bare loop',
  unit: 'deliveries/s',
  aim: 0.6,
  isOfService: true,
  run: () => measure(endpoints),
}));
