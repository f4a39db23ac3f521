import { Injectable } from '@nestjs/common';
import { CommandBus, type AsyncContext } from '@nestjs/cqrs';
import type { Command } from '#lib/event-sourcing';
import { commandContextIn, type CommandContext } from '../command-context.js';

type Handle = (command: Command, context: CommandContext) => Promise<unknown>;

/** The `CommandBus` for commands that are plain JSON: routed by their `type` instead of by a class. */
@Injectable()
export class CommandRouter extends CommandBus<Command> {
  private readonly routes = new Map<string, Handle>();

  /** Says who does the commands of a type. Each type has one place. */
  route(type: string, handle: Handle): void {
    if (this.routes.has(type)) throw new Error(`Two places do the command ${type}`);
    this.routes.set(type, handle);
  }

  /**
   * Does a command (plain JSON, of a routed type) for a `CommandContext` and answers its `Outcome`. @throws {DomainError} it is not allowed.
   */
  override async execute<Result>(given: object, context?: AsyncContext): Promise<Result> {
    const command = given as Command;
    const handle = this.routes.get(command.type);
    if (!handle) throw new Error(`Nobody does the command ${command.type}`);
    return (await handle(command, commandContextIn(context))) as Result;
  }
}
