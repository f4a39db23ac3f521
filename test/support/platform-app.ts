import { Body, Controller, Get, HttpCode, Module, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Writable } from 'node:stream';
import { z } from 'zod';
import { readConfig } from '#config';
import { decider, DomainError, type Command, type Query, type Refusal } from '#lib/event-sourcing';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { QueryBus } from '../../src/platform/bus/query-bus.js';
import { createApp } from '../../src/app.js';
import type { CommandContext } from '../../src/platform/command-context.js';
import { Context } from '../../src/platform/http/caller.js';
import { defineContext, queryHandler } from '../../src/platform/context-definition.js';
import { createLogger } from '../../src/platform/logging.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { openStores } from '../../src/platform/stores.js';
import { counterEvents, counters, countersProjection, type CounterEvent, type CounterView } from './counters.js';

type Bump = Command<'Bump', { readonly counterId: string; readonly by: number }>;
type GetCounter = Query<'GetCounter', { readonly counterId: string }, CounterView | undefined>;

const counterDecider = decider<Bump, CounterEvent, { readonly total: number }>({
  events: counterEvents,
  idOf: ({ data }) => data.counterId,
  initialState: { total: 0 },
  decide: {
    Bump: (data, { total }) => {
      if (total + data.by > 1000) throw new DomainError('refused', 'too_high', 'A counter ends at 1000');
      return data.by === 0 ? [] : [{ type: 'CounterBumped', data }];
    },
  },
  evolve: { CounterBumped: ({ total }, { by }) => ({ total: total + by }) },
});

const counterContext = defineContext({
  name: 'counters',
  deciders: [counterDecider],
  projections: [countersProjection],
  queries: {
    GetCounter: queryHandler<GetCounter>({
      reads: [counters],
      answer: ({ counterId }, models) => models.get(counters, counterId),
    }),
  },
});

const BumpBody = z.strictObject({ by: z.int(), note: z.object({ text: z.string() }).optional() });

/** Routes that do what real ones do, and routes that fail in every way. */
@Controller('counters')
class CountersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post(':id')
  @HttpCode(200)
  async bump(
    @Context() context: CommandContext,
    @Param('id') counterId: string,
    @Body({ schema: BumpBody }) { by }: z.output<typeof BumpBody>,
  ): Promise<unknown> {
    const byUser = context.by({ kind: 'user', id: counterId });
    await this.commands.execute({ type: 'Bump', data: { counterId, by } } satisfies Bump, byUser);
    return this.queries.execute({ type: 'GetCounter', data: { counterId } } satisfies GetCounter, byUser);
  }

  /** Only records; asks nothing back. */
  @Post(':id/blindly')
  @HttpCode(202)
  async bumpBlindly(@Context() context: CommandContext, @Param('id') counterId: string): Promise<void> {
    const command: Bump = { type: 'Bump', data: { counterId, by: 1 } };
    await this.commands.execute(command, context.by({ kind: 'user', id: counterId }));
  }

  @Get('fail/:how')
  fail(@Param('how') how: string): never {
    if (how === 'bug') throw new TypeError('secret inside: hunter2');
    throw new DomainError(how as Refusal, `code_${how}`, 'As asked');
  }
}

@Module({})
class CountersModule {}

/** The platform with the counters on it, on a data directory, not listening: ask it with `inject`. `logged` is what it logs, line by line. */
export const startPlatform = async (
  directory: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<{ readonly app: NestFastifyApplication; readonly logged: readonly string[] }> => {
  const logged: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.push(...chunk.toString().split('\n').filter(Boolean));
      done();
    },
  });
  const logger = createLogger({ LOG_LEVEL: 'info' }, sink);
  const config = readConfig({ WAYBILL_DATA_DIR: directory, ...variables });
  const stores = await openStores(config);
  const root = {
    module: CountersModule,
    imports: [PlatformModule.with({ config, logger, stores, contexts: [counterContext] })],
    controllers: [CountersController],
  };
  const app = await createApp(root, logger);
  await app.init();
  return { app, logged };
};
