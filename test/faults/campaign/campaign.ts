import { injectFaults, type Family } from './faults.js';
import { writeFrom, type Written } from './incoming.js';
import { readAccepted, writeTo, type Offered, type Pace } from './outgoing.js';
import { Random } from './random.js';
import { judgeIncoming, judgeOutgoing, waitUntilSettled, type Violation } from './verdict.js';
import type { World } from './world.js';

export type Campaign = { readonly seed: number; readonly seconds: number; readonly kinds: readonly string[] };

const anHourMs = 3_600_000;
/** How long after a fault the next one of its family comes, about. */
const pausesMs: { readonly [family in Family]: number } = { process: 4_000, wire: 1_500, store: 3_000 };

/**
 * People and clients write to each other over a service under random faults; then all is well again, and an hour passes. Answers how many
 * messages there were in each direction. @throws {Error} a promise was broken: with the history of the messages concerned.
 */
export async function runCampaign(
  world: World,
  { seed, seconds, kinds }: Campaign,
): Promise<{ readonly out: number; readonly in: number }> {
  process.stdout.write(`The campaign has the seed ${seed} and takes ${seconds} s.\n`);
  const random = new Random(seed);
  const start = performance.now();
  const isOver = () => performance.now() - start > seconds * 1_000;
  const pace = (pauseMs: number): Pace => ({ isOver, pauseMs });
  const offered: Offered[] = [];
  const written: Written[] = [];
  const chats = world.parties.flatMap((party) => party.friends.map((friend) => ({ party, friend })));
  const inject = (family: Family) => injectFaults(world, family, kinds, random.fork(), pace(pausesMs[family]));

  const [denied, ...counts] = await Promise.all([
    readAccepted(world, random.fork(), pace(150), offered),
    inject('process'),
    inject('wire'),
    inject('store'),
    ...chats.map(async ({ party, friend }) => {
      await writeTo(world, party, friend, random.fork(), pace(1_200), offered);
      return noFaults;
    }),
    ...chats.map(async ({ party, friend }) => {
      await writeFrom(world, party, friend, random.fork(), pace(1_200), written);
      return noFaults;
    }),
  ]);

  const apart = await world.recover();
  await world.clock.shift(Math.max(0, world.clock.shiftMs) + anHourMs);
  await world.recover();
  const faults = new Map(counts.flatMap((some) => [...some]));
  const violations = [
    ...apart.map((detail) => ({ promise: 'sessions connect again', text: 'world', detail })),
    ...(await waitUntilSettled(world, written)),
    ...denied.map((text) => ({ promise: 'an accepted message is never denied', text, detail: 'read: 404' })),
    ...(await judgeOutgoing(world, offered, faults.get('nack') ?? 0)),
    ...(await judgeIncoming(world, written)),
  ];
  const injected = [...faults].map(([kind, count]) => `${kind} ${count}`).join(', ');
  process.stdout.write(`${offered.length} messages out, ${written.length} in; ${injected}.\n`);
  if (violations.length > 0)
    throw new Error(`Seed ${seed}: ${violations.length} broken promises\n${report(world, violations)}`);
  return { out: offered.length, in: written.length };
}

const noFaults: ReadonlyMap<string, number> = new Map();

const report = ({ history }: World, violations: readonly Violation[]): string =>
  violations
    .map(({ promise, text, otherText, detail }) =>
      [
        `${promise}: "${text}": ${detail}`,
        ...(otherText === undefined ? [] : history.of(otherText)),
        ...history.of(text),
      ].join('\n    '),
    )
    .join('\n');
