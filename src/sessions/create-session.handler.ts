import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { keyedQueue } from '#lib/async';
import type { CommandResult } from '#lib/event-sourcing';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import { CONFIG } from '../platform/tokens.js';
import type { GetUser } from '../identity/user.contract.js';
import type { CreateSession } from './session.contract.js';
import type { FillSessionSlot, TakeSessionSlot } from './slots.commands.js';

/** Creates a session, for every caller within the same limits. After a crash in between, the slots' saga does the rest. */
@Injectable()
export class CreateSessionHandler implements CommandHandler<CreateSession> {
  /** One at a time, so that callers who ask at the same time do not run into each other's revisions. */
  private readonly taking = keyedQueue();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  async execute({ data }: CreateSession, context: CommandContext): Promise<CommandResult> {
    const user: GetUser = { type: 'GetUser', data: { userId: data.userId } };
    const { limits } = await this.queries.execute<GetUser>(user, context);
    const at = new Date().toISOString();
    const globalLimit = this.config.WAYBILL_MAX_SESSIONS;
    const take: TakeSessionSlot = {
      type: 'TakeSessionSlot',
      data: { ...data, userLimit: limits.maxSessions, globalLimit, at },
    };
    await this.taking.run('slots', () => this.commands.execute(take, context));
    const fill: FillSessionSlot = { type: 'FillSessionSlot', data: { ...data, at } };
    return this.commands.execute(fill, context);
  }
}
