import assert from 'node:assert/strict';
import { decide, DomainError, fold, type Command, type Decider, type Event } from '#lib/event-sourcing';

/** What became of a command. */
export type Outcome<E extends Event> = {
  /** Exactly these events follow, in this order. */
  then(expected: readonly E[]): void;
  /** The command is refused with this code. */
  refused(code: string): void;
};

/**
 * A decider's behaviour as sentences: `given([…]).when(command).then([…])`.
 * Every event that comes out is checked against its schema as well.
 */
export const given =
  <C extends Command, E extends Event, S>(decider: Decider<C, E, S>) =>
  (events: readonly E[]) => ({
    when: (command: C): Outcome<E> => {
      const attempt = () => decide(decider, command, fold(decider, events));
      return {
        then: (expected) => {
          const actual = attempt();
          assert.deepEqual(actual, expected);
          for (const { type, data } of actual) decider.events.types[type]?.schema.parse(data);
        },
        refused: (code) =>
          assert.throws(attempt, (error: unknown) => {
            assert.ok(error instanceof DomainError, `Not refused, but failed: ${String(error)}`);
            assert.equal(error.code, code);
            return true;
          }),
      };
    },
  });
