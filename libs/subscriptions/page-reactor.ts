import { keyedQueue, pause, retryWaitMs, Transient } from '#lib/async';
import type { AnyCommand, PageSaga, Recorded } from '#lib/event-sourcing';
import type { SagaContext } from './context.js';
import { toParked } from './parking-lot.js';
import { sagaProgressStore } from './progress.js';
import { Runner, type Run } from './runner.js';
import type { Subscription } from './subscription.js';
import { maxUnrecorded } from './unrecorded.js';

/** Executes a command that a page led to. Called again with the same events after a crash or a failure. */
export type DispatchPage = (command: AnyCommand, saga: PageSaga) => Promise<void>;

const maxPageEvents = 200;

/**
 * Lets a saga answer pages of events with commands: one page at a time, in the order of the log. Where a page fails, its events are handled
 * one by one; the one that fails again is parked, and later ones of its stream are parked behind it. A transient error parks nothing: it is
 * waited out.
 */
export const pageReactor = (saga: PageSaga, context: SagaContext, dispatch: DispatchPage): Subscription => {
  const { name } = saga;
  const progress = sagaProgressStore(saga, context);
  const pages = keyedQueue();
  /** Whatever its key, a parked event may be handled only between pages. */
  const exclusively = <Result>(_key: string, task: () => Promise<Result>) => pages.run('page', task);

  const handle = async (events: readonly Recorded[]): Promise<void> => {
    for (const command of saga.onPage(events)) await dispatch(command, saga);
  };

  /** Undefined once it is handled, or the run has ended; else why it cannot be. */
  const problemWith = async (
    events: readonly Recorded[],
    signal: AbortSignal,
  ): Promise<{ readonly error: unknown } | undefined> => {
    for (let attempts = 1, failures = 1; !signal.aborted; failures += 1) {
      try {
        await handle(events);
        return undefined;
      } catch (error) {
        const isTransient = error instanceof Transient;
        context.log.warn({ subscription: name, position: events[0]?.position, err: error }, 'Events failed');
        if (!isTransient && attempts >= context.retry.maxAttempts) return { error };
        if (!isTransient) attempts += 1;
        await pause(retryWaitMs(context.retry, failures), signal);
      }
    }
    return undefined;
  };

  const handleOneByOne = async (events: readonly Recorded[], { lot, signal }: Run): Promise<void> => {
    for (const event of events) {
      if (signal.aborted) return;
      const waits = lot.first(event.stream) !== undefined;
      const problem = waits ? { error: null } : await problemWith([event], signal);
      if (!problem || lot.at(event.position)) continue;
      const parked = toParked(event, event.stream, problem.error, waits ? 0 : context.retry.maxAttempts, new Date());
      await progress.changeParked({ park: [parked] });
      lot.park(parked);
      context.log.error({ subscription: name, parked }, 'Event parked');
    }
  };

  const consume = async (run: Run): Promise<void> => {
    const { after, lot, signal, handled } = run;
    let recorded = after;
    const filter = { categories: [...new Set(saga.from.map(({ category }) => category))], types: saga.types };
    const skippedTo = (position: number): boolean => {
      if (position - recorded >= maxUnrecorded(context.store)) return false;
      handled(position, true);
      return true;
    };
    for await (const page of context.store.subscribe({ after, filter, pageSize: maxPageEvents, signal, skippedTo })) {
      const events = await context.codec.decode(page.events);
      await exclusively('', async () => {
        const isHeld = events.some(({ stream }) => lot.first(stream) !== undefined);
        const problem = events.length === 0 || isHeld ? undefined : await problemWith(events, signal);
        if (problem || isHeld) await handleOneByOne(events, run);
      });
      if (signal.aborted) return;
      if (events.length > 0 || page.position - recorded >= maxUnrecorded(context.store)) {
        await context.sagaProgress.record({ saga: name, checkpoint: page.position });
        recorded = page.position;
      }
      handled(page.position, page.live);
    }
  };

  const handleParked = async (event: Recorded): Promise<void> => {
    await handle([event]);
    await progress.changeParked({ unpark: [event.position] });
  };

  return new Runner({ name, progress, consume, exclusively, handleParked }, context);
};
