import assert from 'node:assert/strict';
import { decide, DomainError, fold, type Command, type Decider, type Event } from '#lib/event-sourcing';

/** What a test can expect of a command. */
export type Expectation<E extends Event> = {
  /** It leads to exactly these events, in this order. */
  then(expected: readonly E[]): void;
  /** It is refused with this code. */
  refused(code: string): void;
};

/**
 * Tests a decider: `given([…]).when(command).then([…])`. Every event that it returns is checked against its schema, too.
 */
export const given =
  <C extends Command, E extends Event, S>(decider: Decider<C, E, S>) =>
  (events: readonly E[]) => ({
    when: (command: C): Expectation<E> => {
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
