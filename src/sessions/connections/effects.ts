import { Injectable } from '@nestjs/common';
import type { CommandContext } from '../../platform/command-context.js';
import type { Effect } from '../../platform/context-definition.js';
import type {
  ConfigureConnection,
  ForgetConnection,
  ScheduleConnection,
  StartConnection,
  StopConnection,
  UnlinkConnection,
} from '../connection.commands.js';
import { ConnectionSupervisor } from './connection-supervisor.js';
import { Reconnects } from './reconnects.js';

// What follows comes as reports: none of these returns a command.

@Injectable()
export class StartConnectionEffect implements Effect<StartConnection> {
  constructor(private readonly supervisor: ConnectionSupervisor) {}

  async run({ data: { sessionId, start } }: StartConnection, context: CommandContext): Promise<readonly []> {
    await this.supervisor.start(context, sessionId, start);
    return [];
  }
}

@Injectable()
export class ScheduleConnectionEffect implements Effect<ScheduleConnection> {
  constructor(private readonly reconnects: Reconnects) {}

  async run({ data: { sessionId, dueAt } }: ScheduleConnection): Promise<readonly []> {
    this.reconnects.note(sessionId, dueAt);
    return [];
  }
}

@Injectable()
export class ConfigureConnectionEffect implements Effect<ConfigureConnection> {
  constructor(private readonly supervisor: ConnectionSupervisor) {}

  async run({ data: { sessionId, isNew } }: ConfigureConnection): Promise<readonly []> {
    await this.supervisor.configure(sessionId, isNew);
    return [];
  }
}

@Injectable()
export class StopConnectionEffect implements Effect<StopConnection> {
  constructor(private readonly supervisor: ConnectionSupervisor) {}

  async run({ data: { sessionId } }: StopConnection): Promise<readonly []> {
    await this.supervisor.stop(sessionId);
    return [];
  }
}

@Injectable()
export class UnlinkConnectionEffect implements Effect<UnlinkConnection> {
  constructor(private readonly supervisor: ConnectionSupervisor) {}

  async run({ data: { sessionId } }: UnlinkConnection): Promise<readonly []> {
    await this.supervisor.unlink(sessionId);
    return [];
  }
}

@Injectable()
export class ForgetConnectionEffect implements Effect<ForgetConnection> {
  constructor(private readonly supervisor: ConnectionSupervisor) {}

  async run({ data: { sessionId } }: ForgetConnection): Promise<readonly []> {
    await this.supervisor.forget(sessionId);
    return [];
  }
}
