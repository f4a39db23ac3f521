import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Command } from '#lib/event-sourcing';

/** The `CommandBus` for commands that are plain JSON: routed by their `type` instead of by a class. */
@Injectable()
export class CommandRouter extends CommandBus<Command> {
  private readonly routes = new Map<string, (command: Command) => Promise<unknown>>();

  /** Says who does the commands of a type. Each type has one place. */
  route(type: string, handle: (command: Command) => Promise<unknown>): void {
    if (this.routes.has(type)) throw new Error(`Two places do the command ${type}`);
    this.routes.set(type, handle);
  }

  /** Does a command (plain JSON, of a routed type) and answers its `Outcome`. @throws {DomainError} it is not allowed. */
  override async execute<Result>(given: object): Promise<Result> {
    const command = given as Command;
    const handle = this.routes.get(command.type);
    if (!handle) throw new Error(`Nobody does the command ${command.type}`);
    return (await handle(command)) as Result;
  }
}
