import { keyedQueue, pause, retryWaitMs, Transient } from '#lib/async';
import { react, type AnyCommand, type Recorded, type Saga } from '#lib/event-sourcing';
import { checkpointer } from './checkpointer.js';
import type { SagaContext } from './context.js';
import { filterFor } from './filter.js';
import { inFlight } from './in-flight.js';
import { toParked } from './parking-lot.js';
import { sagaProgressStore } from './progress.js';
import { Runner, type Run } from './runner.js';
import type { Subscription } from './subscription.js';
import { maxUnrecorded } from './unrecorded.js';

/** Executes a command that an event led to. Called again with the same command after a crash or a failure. */
export type Dispatch = (command: AnyCommand, because: Recorded, saga: Saga) => Promise<void>;

const maxEventsInFlight = 1000;

/** How handling an event ended. `interrupted`: the run ended first, so that the event comes again. */
type Handling = 'handled' | 'interrupted' | { readonly error: unknown };

/**
 * Lets a saga answer events with commands: in order per key, side by side across keys. An event whose command fails is retried with growing
 * waits and then parked, and later events with its key are parked behind it. A transient error parks nothing: it is waited out.
 * After a crash, the events since the last recorded checkpoint are handled again; none is passed over.
 */
export const reactor = (saga: Saga, context: SagaContext, dispatch: Dispatch): Subscription => {
  const { name } = saga;
  const progress = sagaProgressStore(saga, context);
  const keyOf = (event: Recorded) => saga.keyOf?.(event) ?? event.stream;
  const byKey = keyedQueue();

  const handle = async (event: Recorded): Promise<void> => {
    for (const command of react(saga, event)) await dispatch(command, event, saga);
  };

  /** What leads to nothing is passed, as events without a handler are. Whether it does is found out again where the saga fails on it. */
  const leadsToNothing = (event: Recorded): boolean => {
    try {
      return react(saga, event).length === 0;
    } catch {
      return false;
    }
  };

  const handleWithRetries = async (event: Recorded, signal: AbortSignal): Promise<Handling> => {
    for (let attempts = 1, failures = 1; !signal.aborted; failures += 1) {
      try {
        await handle(event);
        return 'handled';
      } catch (error) {
        const isTransient = error instanceof Transient;
        context.log.warn({ subscription: name, position: event.position, err: error }, 'Event failed');
        if (!isTransient && attempts >= context.retry.maxAttempts) return { error };
        if (!isTransient) attempts += 1;
        await pause(retryWaitMs(context.retry, failures), signal);
      }
    }
    return 'interrupted';
  };

  const consume = async ({ after, lot, signal, handled }: Run): Promise<void> => {
    const failed = new AbortController();
    const ended = AbortSignal.any([signal, failed.signal]);
    const work = inFlight(after, ended);
    let live = false;
    const checkpoints = checkpointer({
      start: after,
      maxUnrecorded: maxUnrecorded(context.store),
      doneUpTo: work.doneUpTo,
      record: (checkpoint, park) => context.sagaProgress.record({ saga: name, checkpoint, park }),
      moved: (position) => handled(position, live),
      failed: () => failed.abort(),
    });

    const park = (event: Recorded, key: string, error: unknown, attempts: number): void => {
      const parked = toParked(event, key, error, attempts, new Date());
      lot.park(parked);
      checkpoints.park(parked);
      context.log.error({ subscription: name, parked }, 'Event parked');
    };

    const process = async (event: Recorded, key: string): Promise<void> => {
      if (lot.first(key) === undefined) {
        const handling = await handleWithRetries(event, ended);
        if (handling === 'interrupted') return;
        if (handling !== 'handled') park(event, key, handling.error, context.retry.maxAttempts);
      } else if (!lot.at(event.position)) {
        park(event, key, null, 0);
      } // else it was parked before the last start, while an earlier event was still being handled
      work.end(event.position);
      checkpoints.handled();
    };

    const skippedTo = (position: number): boolean => {
      work.seen(position);
      live = true;
      checkpoints.passed();
      return true;
    };

    const read = async (): Promise<void> => {
      const filter = filterFor(saga.from, saga.on);
      for await (const page of context.store.subscribe({ after, filter, signal: ended, skippedTo })) {
        for (const event of await context.codec.decode(page.events)) {
          if (leadsToNothing(event)) continue;
          await work.room(maxEventsInFlight);
          if (ended.aborted) return;
          work.begin(event.position);
          const key = keyOf(event);
          byKey.run(key, () => process(event, key)).catch(() => failed.abort());
        }
        if (ended.aborted) return;
        work.seen(page.position);
        live = page.live;
        checkpoints.passed();
      }
    };

    try {
      await read();
    } finally {
      failed.abort();
      await byKey.drain();
      await checkpoints.flush();
    }
  };

  const handleParked = async (event: Recorded): Promise<void> => {
    await handle(event);
    await progress.changeParked({ unpark: [event.position] });
  };

  return new Runner({ name, progress, consume, exclusively: byKey.run, handleParked }, context);
};
