import { Injectable } from '@nestjs/common';
import { CommandBus as NestCommandBus, type AsyncContext } from '@nestjs/cqrs';
import type { AnswerOf, AnyCommand } from '#lib/event-sourcing';
import { commandContextIn, type CommandContext } from '../command-context.js';

type Handle = (command: AnyCommand, context: CommandContext) => Promise<unknown>;

/** Nest's `CommandBus` for commands that are plain JSON: routed by their `type` instead of by a class. */
@Injectable()
export class CommandBus extends NestCommandBus<AnyCommand> {
  private readonly routes = new Map<string, Handle>();

  /** Says who handles the commands of a type. @throws {Error} the type has a handler already. */
  route(type: string, handle: Handle): void {
    if (this.routes.has(type)) throw new Error(`The command ${type} has two handlers`);
    this.routes.set(type, handle);
  }

  /**
   * Handles a command on behalf of the context's actor and resolves with its answer.
   * @throws {DomainError} it is not allowed. @throws {Transient} nothing is known to be recorded.
   */
  override execute<C extends AnyCommand>(command: C, context: CommandContext): Promise<AnswerOf<C>>;
  override execute(command: object, context?: AsyncContext): Promise<never>;
  override async execute(given: object, context?: AsyncContext): Promise<unknown> {
    const command = given as AnyCommand;
    const handle = this.routes.get(command.type);
    if (!handle) throw new Error(`No handler for the command ${command.type}`);
    return handle(command, commandContextIn(context));
  }
}
