import { join } from 'node:path';
import { startConstantRoute, startRouteByHand, type Route } from '../support/http-load/constant.js';
import { postMessages, type Answered, type Post } from '../support/http-load/load.js';
import { Waybill, type TestUser } from '../support/waybill.js';
import { median, type Figure, type Measured } from './harness.js';

const connections = 50;
const seconds = 5;
const rounds = 5;
const contacts = 50;
/** A key may make only so many requests a minute. */
const keysInTurn = 10;

const keysOf = async (waybill: Waybill, user: TestUser): Promise<readonly string[]> => {
  const keys = [user.key];
  while (keys.length < keysInTurn) keys.push(await waybill.newKey(user.id));
  return keys;
};

const newContacts = async ({ sandbox }: Waybill): Promise<readonly string[]> => {
  const numbers: string[] = [];
  while (numbers.length < contacts) numbers.push(`+${(await sandbox.newPhone()).number}`);
  return numbers;
};

type Limits = NonNullable<Parameters<Waybill['newUser']>[0]>;

/** Of a new user with these limits, whose session is stopped: nothing of what is accepted is sent. */
export const postsTo = async (waybill: Waybill, limits: Limits = {}): Promise<readonly Post[]> => {
  const session = await waybill.link(await waybill.newUser(limits));
  const { key } = session.user;
  const keys = await keysOf(waybill, session.user);
  const posts = (await newContacts(waybill)).map((to, index) => ({
    key: keys[index % keys.length] ?? '',
    message: { to, type: 'text', text: { body: 'Your parcel is on its way to you.' } },
  }));
  await waybill.call(`POST /v1/sessions/${session.id}/stop`, { key });
  await waybill.until(session.user, session.id, { status: 'stopped' });
  return posts;
};

type Posting = { readonly url: string; readonly posts: readonly Post[] };
type Round = { readonly floor: Answered; readonly product: Answered };

/** The two by turns, after a warm-up of each. */
const byTurns = async (floor: Posting, product: Posting): Promise<readonly Round[]> => {
  const post = ({ url, posts }: Posting): Promise<Answered> =>
    postMessages({ url, posts, connections, until: { seconds } });
  await post(floor);
  await post(product);
  const measured: Round[] = [];
  while (measured.length < rounds) measured.push({ floor: await post(floor), product: await post(product) });
  return measured;
};

/** Messages accepted at two places, by turns. */
export const compared = async (floor: Posting, product: Posting): Promise<Measured> => {
  const measured = await byTurns(floor, product);
  const of = (pick: (round: Round) => number): number => median(measured.map(pick));
  const [p50, p99] = [of(({ product }) => product.p50), of(({ product }) => product.p99)];
  return {
    ratio: of(({ floor, product }) => product.rate / floor.rate),
    value: of(({ product }) => product.rate),
    floor: of(({ floor }) => floor.rate),
    notes: [`answered within ${p50} ms at the median, ${p99} ms at p99; the floor ${of((r) => r.floor.p99)} ms at p99`],
  };
};

const measure = async (startFloor: (directory: string) => Promise<Route>): Promise<Measured> => {
  const waybill = await Waybill.start();
  const floorRoute = await startFloor(waybill.dataDirectory);
  try {
    const posts = await postsTo(waybill);
    return await compared({ url: floorRoute.url, posts }, { url: waybill.url, posts });
  } finally {
    floorRoute.end();
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
    run: () => measure(startConstantRoute),
  },
  {
    name: 'http-accepting-by-hand',
    product: `messages accepted over ${connections} connections, their session stopped`,
    floor: 'the same promise by hand: Fastify, zod, HMAC of the key, a row in group-committed SQLite',
    unit: 'requests/s',
    aim: 0.5,
    run: () => measure((directory) => startRouteByHand(join(directory, 'by-hand.db'))),
  },
];
