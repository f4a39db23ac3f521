import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxPhone } from '../../support/waybill-sandbox.js';
import type { Random } from './random.js';
import type { Party, World } from './world.js';

/** A message that was offered to the service. */
export type Offered = {
  readonly text: string;
  readonly party: Party;
  readonly friend: SandboxPhone;
  /** Its place in the chat. */
  readonly n: number;
  readonly scheduled: boolean;
  /** Set once it was accepted. */
  id?: string;
  /** Set if it was refused: the answer. */
  refusal?: string;
  /** The answers to requests to cancel it. */
  readonly cancelAnswers: number[];
};

/** When to stop, and how often to write. */
export type Pace = { readonly isOver: () => boolean; readonly pauseMs: number };

const offerTimeoutMs = 120_000;
const longestScheduleMs = 25_000;

/** Writes to one friend through the API until told to stop: one message after the other, each until the service has answered. */
export async function writeTo(
  world: World,
  party: Party,
  friend: SandboxPhone,
  random: Random,
  pace: Pace,
  all: Offered[],
): Promise<void> {
  const chat = `s${world.parties.indexOf(party)}f${party.friends.indexOf(friend)}`;
  for (let n = 0; !pace.isOver(); n += 1) {
    const scheduled = random.chance(0.1);
    const dueInMs = random.between(1_000, longestScheduleMs);
    const message: Offered = { text: `out ${chat} ${n}`, party, friend, n, scheduled, cancelAnswers: [] };
    all.push(message);
    await offer(world, message, scheduled ? new Date(world.clock.now() + dueInMs).toISOString() : undefined);
    if (random.chance(0.1)) await cancel(world, message, random.between(0, 800));
    await delay(random.between(0, 2 * pace.pauseMs));
  }
}

/** Repeats the request with its Idempotency-Key, as clients do, until it is accepted or refused. */
async function offer(world: World, message: Offered, scheduledAt: string | undefined): Promise<void> {
  const { text, party, friend } = message;
  const body = {
    sessionId: party.session.id,
    to: `+${friend.number}`,
    type: 'text',
    text: { body: text },
    ...(scheduledAt !== undefined && { scheduledAt }),
  };
  const key = { 'idempotency-key': text.replaceAll(' ', '-') };
  for (const start = performance.now(); performance.now() - start < offerTimeoutMs;) {
    const answer = await world.ask('POST /v1/messages', body, key);
    world.history.note(text, `offered${scheduledAt ? ` for ${scheduledAt}` : ''}: ${answer?.status ?? 'no answer'}`);
    if (answer?.status === 202) {
      message.id = (answer.body as { readonly id: string }).id;
      return;
    }
    if (answer && answer.status >= 400 && answer.status < 500) {
      message.refusal = `${answer.status} ${answer.text}`;
      return;
    }
    await delay(200);
  }
  message.refusal = 'never answered';
}

async function cancel(world: World, message: Offered, afterMs: number): Promise<void> {
  if (message.id === undefined) return;
  await delay(afterMs);
  const answer = await world.ask(`POST /v1/messages/${message.id}/cancel`, {});
  world.history.note(message.text, `cancel: ${answer?.status ?? 'no answer'}`);
  message.cancelAnswers.push(answer?.status ?? 0);
}

/** Reads accepted messages now and then. Returns those that were denied. */
export async function readAccepted(
  world: World,
  random: Random,
  pace: Pace,
  all: readonly Offered[],
): Promise<readonly string[]> {
  const denied: string[] = [];
  while (!pace.isOver()) {
    const accepted = all.filter(({ id }) => id !== undefined);
    await delay(pace.pauseMs);
    if (accepted.length === 0) continue;
    const message = random.chance(0.5) ? accepted.at(-1)! : random.pick(accepted);
    const answer = await world.ask(`GET /v1/messages/${message.id}`);
    if (answer?.status !== 404) continue;
    world.history.note(message.text, 'read: 404');
    denied.push(message.text);
  }
  return denied;
}
