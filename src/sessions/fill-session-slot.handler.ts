import { Injectable } from '@nestjs/common';
import type { CommandResult } from '#lib/event-sourcing';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import { Streams } from '../platform/streams/streams.js';
import type { InitSession } from './session.commands.js';
import { sessionDecider } from './session.decider.js';
import type { FillSessionSlot, ReleaseSessionSlot } from './slots.commands.js';

/** Given again, it changes nothing. */
@Injectable()
export class FillSessionSlotHandler implements CommandHandler<FillSessionSlot> {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {}

  async execute({ data }: FillSessionSlot, context: CommandContext): Promise<CommandResult> {
    const { sessionId, at } = data;
    const init: InitSession = { type: 'InitSession', data };
    const result = await this.commands.execute(init, context);
    const { state } = await this.streams.state(sessionDecider, sessionId);
    if (state.status === 'deleted') {
      // A request that is repeated after its session was deleted takes a second slot, which nobody else would release.
      const release: ReleaseSessionSlot = { type: 'ReleaseSessionSlot', data: { sessionId, at } };
      await this.commands.execute(release, context);
    }
    return result;
  }
}
