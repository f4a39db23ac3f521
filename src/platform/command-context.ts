import { AsyncContext } from '@nestjs/cqrs';
import type { Actor } from '#lib/event-sourcing';
import { newId } from '#lib/ids';

/** Why something is being done: goes with every command and query, and becomes the metadata of the events that follow from it. */
export class CommandContext extends AsyncContext {
  constructor(
    /** The request, or whatever else everything began with. */
    readonly correlationId: string,
    /** What this follows from directly. */
    readonly causationId: string,
    readonly actor: Actor,
  ) {
    super();
  }

  /** For what begins here, by itself. */
  static new(actor: Actor): CommandContext {
    const id = newId();
    return new CommandContext(id, id, actor);
  }

  /** The same, done as somebody else. */
  by(actor: Actor): CommandContext {
    return new CommandContext(this.correlationId, this.causationId, actor);
  }
}

/** The cause that was given with a command or query. @throws {Error} where none was: events must not come from nowhere. */
export const commandContextIn = (context: AsyncContext | undefined): CommandContext => {
  if (context instanceof CommandContext) return context;
  throw new Error('Nothing says why this is being done: give its CommandContext');
};
