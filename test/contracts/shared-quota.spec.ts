import { describe, expect, it } from '@jest/globals';
import { eventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import { newId } from '#lib/ids';
import { allowanceEvents } from '../../src/messaging/quota/allowance.contract.js';
import {
  allowanceDecider,
  type Allowance,
  type AllowanceCommand,
} from '../../src/messaging/quota/allowance.decider.js';
import { Days, minuteOf } from '../../src/messaging/quota/days.js';
import type { Draw, Taken } from '../../src/messaging/quota/ledger.js';
import { SharedLedger } from '../../src/messaging/quota/shared-ledger.js';
import { commandHandler } from '../../src/platform/bus/command-handler.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { CachedStreams } from '../../src/platform/streams/cached-streams.js';
import { eventStoreDbFixture } from '../support/event-store/eventstoredb-fixture.js';
import { withStore, type OpenStoreFixture } from '../support/event-store/fixture.js';
import { sqliteStoreFixture } from '../support/event-store/sqlite-fixture.js';
import { eventually } from '../support/eventually.js';

const noon = '2026-11-29T12:00:00.000Z';
const context = CommandContext.new({ kind: 'system', id: 'test' });

/** What a process finds accepted, as the views show it. */
type Accepted = { readonly day?: number; readonly people?: number };

/** A process on the log, with a memory of its own. */
const processOn = (store: EventStore, found: Accepted = {}): SharedLedger => {
  const streams = new CachedStreams(allowanceDecider, store, eventCodec([allowanceEvents]));
  const handle = commandHandler(allowanceDecider, streams);
  return new SharedLedger(
    {
      state: async (userId) => (await streams.load(`allowance-${userId}`)).state as Allowance,
      known: (userId) => streams.known(`allowance-${userId}`).state as Allowance,
      execute: async (command: AllowanceCommand) => void (await handle(command, context)),
    },
    async ({ of }) => ({ count: (of !== 'minute' && found[of]) || 0, position: 0 }),
  );
};

const dayOf = (userId: string, limit: number, at = noon, timeZone = 'UTC'): Draw => ({
  of: 'day',
  userId,
  sessionId: newId(),
  period: new Days().of(timeZone, at),
  limit,
});
const take = (ledger: SharedLedger, draw: Draw, at = noon, more: readonly Draw[] = []) =>
  ledger.take([draw, ...more], at);
const isTaken = (answer: object): answer is Taken => 'settle' in answer;
/** How many of so many messages at once, spread over the processes, are accepted. */
const accepted = async (ledgers: readonly SharedLedger[], count: number, draw: Draw, at = noon): Promise<number> => {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) => take(ledgers[n % ledgers.length] as SharedLedger, draw, at)),
  );
  return answers.filter(isTaken).length;
};

describe.each<readonly [string, OpenStoreFixture]>([
  ['SQLite', sqliteStoreFixture],
  ['EventStoreDB', () => eventStoreDbFixture()],
])('the quota of processes that share a log: %s', (_name, open) => {
  const on = (test: (store: EventStore) => Promise<void>) => withStore(open, test);

  it(
    'accepts exactly as many messages as it has, whichever process they come to',
    on(async (store) => {
      const draw = dayOf(newId(), 100);
      const ledgers = [processOn(store), processOn(store)];
      expect(await accepted(ledgers, 200, draw)).toBe(100);
      expect(await accepted([processOn(store)], 5, draw)).toBe(0);
      expect(await accepted(ledgers, 5, { ...draw, limit: 103 })).toBe(3);
      expect(await accepted(ledgers, 5, { ...draw, limit: 50 })).toBe(0);
    }),
  );

  it(
    'tells what it would refuse, and takes nothing for that',
    on(async (store) => {
      const [ledger, draw, chatId] = [processOn(store), dayOf(newId(), 2), newId()];
      const people: Draw = { ...draw, of: 'people', limit: 1, chatId };
      expect(await ledger.look([draw, people], noon)).toBeUndefined();
      await take(ledger, draw, noon, [people]);
      expect(await ledger.look([draw, people], noon)).toBeUndefined(); // the chat was counted
      expect(await ledger.look([draw, { ...people, chatId: newId() }], noon)).toMatchObject({
        usedUp: { of: 'people' },
      });
      await take(ledger, draw);
      expect(await processOn(store).look([draw], noon)).toMatchObject({ usedUp: { of: 'day' }, used: 2 });
    }),
  );

  it(
    'is not exceeded where a process is killed while it accepts',
    on(async (store) => {
      const draw = dayOf(newId(), 100);
      const killed = processOn(store);
      const lost = Array.from({ length: 30 }, () => take(killed, draw)); // nobody hears the answers
      expect(await accepted([processOn(store), processOn(store)], 200, draw)).toBeLessThanOrEqual(100);
      await Promise.all(lost);
      expect((await processOn(store).used(draw)).used).toBe(100);
    }),
  );

  it(
    'gets back what was not accepted, and what never left, once',
    on(async (store) => {
      const draw = dayOf(newId(), 3);
      const [one, other] = [processOn(store), processOn(store)];
      const taken = await take(one, draw);
      expect(await accepted([one], 5, draw)).toBe(2);
      if (isTaken(taken)) taken.settle({ is: 'not_accepted' });
      await eventually(async () => (await one.used(draw)).used === 2);
      expect(await accepted([other], 5, draw)).toBe(1);
      const back = { userId: draw.userId, messageId: newId(), at: noon, position: 7 };
      for (const ledger of [one, other, one]) await ledger.giveBack(back);
      expect(await accepted([one, other], 5, draw)).toBe(1);
    }),
  );

  it(
    'counts what was accepted before, once for all processes',
    on(async (store) => {
      const draw = dayOf(newId(), 10);
      expect(await accepted([processOn(store, { day: 8 }), processOn(store, { day: 8 })], 20, draw)).toBe(2);
    }),
  );

  it(
    'counts what was accepted while its log was a file',
    on(async (store) => {
      const draw = dayOf(newId(), 10);
      const people: Draw = { ...draw, of: 'people', limit: 4, chatId: newId() };
      expect(isTaken(await take(processOn(store), draw, noon, [people]))).toBe(true);
      expect(await accepted([processOn(store)], 4, draw)).toBe(4);
      const back = [processOn(store, { day: 7, people: 3 }), processOn(store, { day: 7, people: 3 })];
      expect((await back[0]!.used(people)).used).toBe(3);
      expect(isTaken(await take(back[1]!, draw, noon, [{ ...people, chatId: newId() }]))).toBe(true);
      expect(isTaken(await take(back[1]!, draw, noon, [{ ...people, chatId: newId() }]))).toBe(false);
      expect(await accepted(back, 5, draw)).toBe(2);
    }),
  );

  it(
    'gets back what never left also where its log was moved, and the positions begin anew',
    on(async (store) => {
      const draw = dayOf(newId(), 3);
      const ledger = processOn(store);
      expect(await accepted([ledger], 3, draw)).toBe(3);
      for (const position of [9_000_000, 70]) {
        const back = { userId: draw.userId, messageId: newId(), at: noon, position };
        for (const each of [ledger, processOn(store)]) await each.giveBack(back);
      }
      expect(await accepted([ledger], 5, draw)).toBe(2);
    }),
  );

  it(
    'counts a person once to whom several processes write first at the same time, also where one of them was slower',
    on(async (store) => {
      const ledgers = [processOn(store), processOn(store)];
      const draw = dayOf(newId(), 100);
      const people = (limit: number, chatId: string): Draw => ({ ...draw, of: 'people', limit, chatId });
      const [ada, ben] = [newId(), newId()];
      const takes = [ada, ben, ada, ada, ben].map((chatId, n) =>
        take(ledgers[n % 2] as SharedLedger, draw, noon, [people(2, chatId)]),
      );
      const answers = await Promise.all(takes);
      expect(answers.filter(isTaken)).toHaveLength(5);
      expect((await ledgers[0]!.used(people(2, ada))).used).toBe(2);
      expect(isTaken(await take(ledgers[1]!, draw, noon, [people(2, newId())]))).toBe(false);
      for (const answer of answers.slice(1).filter(isTaken)) answer.settle({ is: 'not_accepted' });
      await eventually(async () => (await ledgers[0]!.used(draw)).used === 1);
      expect((await processOn(store).used(people(2, ada))).used).toBe(2);
    }),
  );

  it(
    'is that of each day and time zone, and of each minute of a session',
    on(async (store) => {
      const [userId, next] = [newId(), '2026-11-29T23:00:00.000Z'];
      const ledgers = [processOn(store), processOn(store)];
      expect(await accepted(ledgers, 9, dayOf(userId, 5, noon, 'Europe/Berlin'))).toBe(5);
      expect(await accepted(ledgers, 9, dayOf(userId, 5, next, 'Europe/Berlin'), next)).toBe(5);
      expect(await accepted(ledgers, 9, dayOf(userId, 12, next, 'UTC'), next)).toBe(2);
      const draw = dayOf(newId(), 100);
      const minute: Draw = { ...draw, of: 'minute', period: minuteOf(noon), limit: 4 };
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => take(ledgers[n % 2] as SharedLedger, draw, noon, [minute])),
      );
      expect(answers.filter(isTaken)).toHaveLength(4);
      expect((await ledgers[0]!.used(draw)).used).toBe(4);
    }),
  );
});
