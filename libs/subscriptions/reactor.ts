import { keyedQueue, pause, retryWaitMs, Transient } from '#lib/async';
import { react, type Command, type Recorded, type Saga } from '#lib/event-sourcing';
import { checkpointer } from './checkpointer.js';
import type { SubscriptionContext } from './context.js';
import { filterFor } from './filter.js';
import { inFlight } from './in-flight.js';
import { toParked } from './parking-lot.js';
import { Runner, type Stretch } from './runner.js';
import type { Subscription } from './subscription.js';

/** Does a command that an event led to. Called again with the same command after a crash or a failure. */
export type Dispatch = (command: Command, because: Recorded, saga: Saga) => Promise<void>;

/** The most events of one saga that are handled at a time. */
const window = 1000;

/**
 * Lets a saga answer events with commands: in order per key, side by side across keys. A command that fails is tried again with growing
 * waits, then its event is parked and later ones with its key wait behind it. Trouble of the stores parks nothing: it is waited out.
 * After a crash the events since the last checkpoint come again.
 */
export const reactor = (saga: Saga, context: SubscriptionContext, dispatch: Dispatch): Subscription => {
  const { name } = saga;
  const keyOf = (event: Recorded) => saga.keyOf?.(event) ?? event.stream;
  const byKey = keyedQueue();

  const handle = async (event: Recorded): Promise<void> => {
    for (const command of react(saga, event)) await dispatch(command, event, saga);
  };

  /** Handles an event until it succeeds (true), is given up (the error), or the stretch ends (false). */
  const persist = async (event: Recorded, signal: AbortSignal): Promise<boolean | { readonly error: unknown }> => {
    for (let attempts = 1, failures = 1; !signal.aborted; failures += 1) {
      try {
        await handle(event);
        return true;
      } catch (error) {
        const passing = error instanceof Transient;
        context.log.warn({ subscription: name, position: event.position, err: error }, 'Event failed');
        if (!passing && attempts >= context.retry.maxAttempts) return { error };
        if (!passing) attempts += 1;
        await pause(retryWaitMs(context.retry, failures), signal);
      }
    }
    return false;
  };

  const consume = async ({ after, lot, signal, handled }: Stretch): Promise<void> => {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const work = inFlight(after, either);
    let live = false;
    const checkpoints = checkpointer({
      start: after,
      doneUpTo: work.doneUpTo,
      record: (checkpoint, park) => context.models.apply({ subscription: name, changes: [], checkpoint, park }),
      moved: (position) => handled(position, live),
      failed: () => failed.abort(),
    });

    const lane = async (event: Recorded, key: string): Promise<void> => {
      const waits = lot.first(key) !== undefined;
      const outcome = waits ? { error: null } : await persist(event, either);
      if (outcome === false) return; // not done: it comes again after the checkpoint
      if (outcome !== true) {
        const parked = toParked(event, key, outcome.error, waits ? 0 : context.retry.maxAttempts, new Date());
        lot.park(parked);
        checkpoints.park(parked);
        context.log.error({ subscription: name, parked }, 'Event parked');
      }
      work.end(event.position);
      checkpoints.worked();
    };

    const filter = filterFor(saga.from, saga.on);
    for await (const page of context.store.subscribe({ after, filter, signal: either })) {
      for (const event of await context.codec.decode(page.events)) {
        await work.room(window);
        if (either.aborted) break;
        work.begin(event.position);
        const key = keyOf(event);
        byKey.run(key, () => lane(event, key)).catch(() => failed.abort());
      }
      if (either.aborted) break;
      work.seen(page.position);
      live = page.live;
      checkpoints.passed();
    }
    await byKey.drain();
    await checkpoints.flush();
  };

  const again = async (event: Recorded): Promise<void> => {
    await handle(event);
    await context.models.apply({ subscription: name, changes: [], checkpoint: 0, unpark: [event.position] });
  };

  return new Runner({ name, shadow: false, consume, alone: byKey.run, again }, context);
};
