import { startConstantRoute, type ConstantRoute } from '../support/http-load/constant.js';
import { postMessages, type Answered } from '../support/http-load/load.js';
import { Waybill, type LinkedSession, type TestUser } from '../support/waybill.js';
import { median, type Figure, type Measured } from './harness.js';

const connections = 50;
const seconds = 5;
const rounds = 3;
const contacts = 50;

/** A key may make only so many requests a minute. */
const keysOf = async (waybill: Waybill, user: TestUser): Promise<readonly string[]> => {
  const keys = [user.key];
  for (let count = 1; count < 10; count += 1) keys.push(await waybill.newKey(user.id));
  return keys;
};

const newContacts = async ({ sandbox }: Waybill): Promise<readonly string[]> => {
  const numbers: string[] = [];
  for (let count = 0; count < contacts; count += 1) numbers.push(`+${(await sandbox.newPhone()).number}`);
  return numbers;
};

const isIdle = async (waybill: Waybill, { user }: LinkedSession): Promise<boolean> => {
  const queued = await waybill.call('GET /v1/messages?status=queued&limit=1', { key: user.key });
  return (queued.body as { readonly data: readonly unknown[] }).data.length === 0;
};

/** The two by turns, after a warm-up of each. */
const measure = async (): Promise<Measured> => {
  const constant: ConstantRoute = await startConstantRoute();
  const waybill = await Waybill.start();
  try {
    const session = await waybill.link(await waybill.newUser());
    const keys = await keysOf(waybill, session.user);
    const numbers = await newContacts(waybill);
    const messages = numbers.map((to) => ({ to, type: 'text', text: { body: 'Your parcel is on its way to you.' } }));
    const post = ({ url }: { readonly url: string }): Promise<Answered> =>
      postMessages({ url, keys, messages, connections, seconds });
    await waybill.call(`POST /v1/sessions/${session.id}/stop`, { key: session.user.key });
    await waybill.until(session.user, session.id, { status: 'stopped' });

    await post(constant);
    await post(waybill);
    const measured: { floor: Answered; product: Answered }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      measured.push({
        floor: await post(constant),
        product: await post(waybill),
      });
    }
    void isIdle;
    const of = (pick: (round: (typeof measured)[number]) => number): number => median(measured.map(pick));
    return {
      ratio: of(({ floor, product }) => product.rate / floor.rate),
      value: of(({ product }) => product.rate),
      floor: of(({ floor }) => floor.rate),
      notes: [
        `p50 ${of(({ product }) => product.p50)} ms, p99 ${of(({ product }) => product.p99)} ms (floor: p99 ${of(({ floor }) => floor.p99)} ms)`,
      ],
    };
  } finally {
    constant.end();
    await waybill.end();
  }
};

export const accepting: readonly Figure[] = [
  {
    name: 'http-accepting',
    product: `messages accepted over ${connections} connections, their session stopped`,
    floor: 'a route of Nest on Fastify that answers a constant',
    unit: 'requests/s',
    aim: 0.3,
    run: measure,
  },
];
