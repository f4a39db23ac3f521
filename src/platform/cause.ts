import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '#lib/event-sourcing';

/** Why something is being done now: becomes the metadata of every event that it leads to. */
export type Cause = {
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: Actor;
};

const causes = new AsyncLocalStorage<Cause>();

/** Runs a task, and all that it awaits, for this cause. */
export const because = <Result>(cause: Cause, task: () => Result): Result => causes.run(cause, task);

/** The cause of what runs now. @throws {Error} where none was given: events must not come from nowhere. */
export const currentCause = (): Cause => {
  const cause = causes.getStore();
  if (!cause) throw new Error('Nothing says why this is being done: run it with because()');
  return cause;
};
