import { decide, DomainError, streamOf, type Command, type CommandResult, type Event } from '#lib/event-sourcing';
import { RevisionConflict } from '#lib/event-store';
import type { CommandContext } from '../command-context.js';
import type { AnyDecider } from '../context-definition.js';
import type { CachedStreams } from '../streams/cached-streams.js';

const maxAttempts = 20;

/**
 * Handles the commands of a decider: decide, append, and both again on the reloaded stream where another writer was faster.
 *
 * Optimistic: the first attempt decides on the cached state without reading the log, and the expected revision tells where that was out of
 * date. A refusal, or that nothing follows, is only ever answered from the log itself.
 * @throws {DomainError} the command is not allowed. @throws {StoreUnavailable} nothing is known to be recorded.
 */
export const commandHandler =
  (
    decider: AnyDecider,
    streams: CachedStreams,
  ): ((command: Command, context: CommandContext) => Promise<CommandResult>) =>
  async (command, context) => {
    const stream = streamOf(decider, command);
    const known = streams.known(stream);
    const guess = decideIfAllowed(decider, command, known.state);
    if (guess.length > 0) {
      try {
        return await streams.append(stream, known, guess, context);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
    for (let attempt = 1; ; attempt += 1) {
      const loaded = await streams.load(stream);
      const decided = decide(decider, command, loaded.state);
      if (decided.length === 0) return { events: 0, position: loaded.position };
      try {
        return await streams.append(stream, loaded, decided, context);
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === maxAttempts) throw error;
      }
    }
  };

const decideIfAllowed = (decider: AnyDecider, command: Command, state: unknown): readonly Event[] => {
  try {
    return decide(decider, command, state);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};
