import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decider, DomainError, type Command, type CommandResult } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import { commandHandler } from '../../src/platform/bus/command-handler.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { CachedStreams } from '../../src/platform/streams/cached-streams.js';
import { counterCodec, counterEvents, type CounterEvent } from '../support/counters.js';
import { openTestStores } from '../support/stores.js';

type Bump = Command<'Bump', { readonly counterId: string; readonly by: number; readonly most: number }>;

/** Counts up to a limit: above it is refused, and by nothing is done already. */
const counterDecider = decider<Bump, CounterEvent, number>({
  events: counterEvents,
  idOf: ({ data }) => data.counterId,
  initialState: 0,
  decide: {
    Bump: ({ counterId, by, most }, total) => {
      if (total + by > most) throw new DomainError('conflict', 'too_much', `${total} and ${by} is more than ${most}`);
      return by === 0 ? [] : [{ type: 'CounterBumped', data: { counterId, by } }];
    },
  },
  evolve: { CounterBumped: (total, { by }) => total + by },
});

describe('a command for a stream that others write as well', () => {
  let store: EventStore;
  let close: () => Promise<void>;
  /** Two that each remember what they have seen. */
  let one: (by: number, most?: number) => Promise<CommandResult>;
  let other: typeof one;

  beforeEach(async () => {
    const stores = await openTestStores();
    ({ store, close } = stores);
    const handler = (): typeof one => {
      const handle = commandHandler(counterDecider, new CachedStreams(counterDecider, store, counterCodec));
      const context = CommandContext.new({ kind: 'system', id: 'test' });
      return (by, most = 100) =>
        handle({ type: 'Bump', data: { counterId: 'shared', by, most } } satisfies Bump, context);
    };
    [one, other] = [handler(), handler()];
  });
  afterEach(() => close());

  const bumps = async (): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    for await (const { data } of store.readStream('counter-shared')) found.push((data as { by: number }).by);
    return found;
  };

  it('is decided again where what was known of it is old', async () => {
    await one(1);
    await other(2);
    await one(3);
    await other(4);
    expect(await bumps()).toEqual([1, 2, 3, 4]);
  });

  it('is refused for what the log says, though it would have been allowed by what was known', async () => {
    await one(10);
    await other(85);
    await expect(one(10)).rejects.toMatchObject({ code: 'too_much', message: '95 and 10 is more than 100' });
    expect(await bumps()).toEqual([10, 85]);
  });

  it('is allowed for what the log says, though it would have been refused by what was known', async () => {
    await one(100);
    await other(-50);
    await one(20);
    expect(await bumps()).toEqual([100, -50, 20]);
  });

  it('that is done already answers where the stream stands', async () => {
    await one(1);
    const { position } = await other(2);
    expect(await one(0)).toEqual({ events: 0, position });
  });
});
