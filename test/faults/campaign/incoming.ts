import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxPhone } from '../../support/waybill-sandbox.js';
import type { Pace } from './outgoing.js';
import type { Random } from './random.js';
import type { Party, World } from './world.js';

/** A message that a friend wrote to a session. */
export type Written = { readonly text: string; readonly party: Party; readonly friend: SandboxPhone };

const writeTimeoutMs = 120_000;

/** Lets a friend write to a session until told to stop. */
export async function writeFrom(
  world: World,
  party: Party,
  friend: SandboxPhone,
  random: Random,
  pace: Pace,
  all: Written[],
): Promise<void> {
  const chat = `s${world.parties.indexOf(party)}f${party.friends.indexOf(friend)}`;
  for (let n = 0; !pace.isOver(); n += 1) {
    const message: Written = { text: `in ${chat} ${n}`, party, friend };
    if (!(await write(world, message))) return;
    all.push(message);
    await delay(random.between(0, 2 * pace.pauseMs));
  }
}

/** False if the sandbox stayed away. Its answer may be lost when it stops, so that the phone is asked what it has sent. */
async function write(world: World, { text, party, friend }: Written): Promise<boolean> {
  const id = text.toUpperCase().replaceAll(' ', '-');
  const body = { to: party.session.phone.number, type: 'text', text, id };
  let mayBeSent = false;
  for (const start = performance.now(); performance.now() - start < writeTimeoutMs;) {
    try {
      const sent = mayBeSent ? await world.sandbox.messages<{ readonly id: string }>(friend.number) : [];
      if (!sent.some((each) => each.id === id)) await world.sandbox.ask(`POST /phones/${friend.number}/messages`, body);
      world.history.note(text, 'written');
      return true;
    } catch (error) {
      mayBeSent = true;
      world.history.note(text, `not written: ${error instanceof Error ? error.message : String(error)}`);
      await delay(200);
    }
  }
  return false;
}
