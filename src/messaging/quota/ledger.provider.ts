import type { FactoryProvider } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import type { Stores } from '../../platform/stores.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import { Streams } from '../../platform/streams/streams.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { allowanceDecider, type Allowance, type AllowanceCommand } from './allowance.decider.js';
import { countAccepted } from './count-accepted.js';
import { givenBackSaga } from './given-back.saga.js';
import type { Ledger } from './ledger.js';
import { MemoryLedger } from './memory-ledger.js';
import { LEDGER } from './quotas.js';
import { SharedLedger, type AllowanceStreams } from './shared-ledger.js';

const beforeRefusalTimeoutMs = 2000;

/** A log that is a file has one process, a log on a server may have several. */
export const ledgerProvider: FactoryProvider<Ledger> = {
  provide: LEDGER,
  inject: [STORES, Views, Streams, CommandBus, Subscriptions],
  useFactory: (stores: Stores, views: Views, streams: Streams, commands: CommandBus, subscriptions: Subscriptions) => {
    const count = countAccepted(stores, views);
    const reached = async (position: number): Promise<void> => {
      await subscriptions.named(givenBackSaga.name).reached(position, beforeRefusalTimeoutMs);
    };
    return stores.events.capabilities.gapless
      ? new MemoryLedger(count, reached)
      : new SharedLedger(allowanceStreams(streams, commands), count);
  },
};

const allowanceStreams = (streams: Streams, commands: CommandBus): AllowanceStreams => ({
  state: async (userId) => (await streams.state(allowanceDecider, userId)).state,
  known: (userId) =>
    streams.of(allowanceDecider).known(`${allowanceDecider.events.category}-${userId}`).state as Allowance,
  execute: async (command) => {
    await commands.execute<AllowanceCommand>(command, CommandContext.new({ kind: 'system', id: 'quota' }));
  },
});
