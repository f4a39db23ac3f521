import type { Projection } from '#lib/event-sourcing';
import type { SubscriptionContext } from './context.js';
import { projector } from './projector.js';
import type { Subscription } from './subscription.js';

/** A view's subscription that can also make the view anew. */
export type ViewKeeper = Subscription & {
  readonly rebuilding: () => boolean;
  /**
   * Fills an empty copy of the view from the whole log, beside the one that is served, and puts it in its place.
   * Returns when the new one is served. A second call while one is under way joins it.
   * @throws {Error} `stop` was called first: the old view stays.
   */
  readonly rebuild: () => Promise<void>;
};

/** How long the live view may stand still while the last events reach its copy, in milliseconds. */
const handover = 10_000;

export const viewKeeper = (projection: Projection, context: SubscriptionContext): ViewKeeper => {
  const live = projector(projection, context);
  let shadow: Subscription | undefined;
  let rebuilding: Promise<void> | undefined;
  let stopped = true;

  const rebuild = async (): Promise<void> => {
    const copy = projector(projection, context, { shadow: true });
    shadow = copy;
    try {
      await context.models.beginRebuild(projection.into);
      copy.start();
      await catchUp(copy, () => live.position());
      await live.stop();
      if (!(await copy.reached(live.position(), handover))) throw new Error(`${live.name} could not be handed over`);
      await copy.stop();
      await context.models.finishRebuild(projection.into);
      context.log.info({ subscription: live.name }, 'View rebuilt');
    } finally {
      shadow = undefined;
      await copy.stop();
      if (!stopped) live.start();
    }
  };

  return {
    name: live.name,
    state: live.state,
    trouble: live.trouble,
    position: live.position,
    lag: live.lag,
    parked: live.parked,
    retry: live.retry,
    skip: live.skip,
    reached: live.reached,
    rebuilding: () => rebuilding !== undefined,
    rebuild: () => (rebuilding ??= rebuild().finally(() => (rebuilding = undefined))),
    start: () => {
      stopped = false;
      live.start();
    },
    stop: async () => {
      stopped = true;
      await shadow?.stop();
      await live.stop();
      await rebuilding?.catch(() => {}); // its caller has the error
    },
  };
};

/** Waits until a copy is where the live view is, however long that takes. */
const catchUp = async (copy: Subscription, target: () => number): Promise<void> => {
  while (!(await copy.reached(target(), 1000))) {
    if (copy.state() === 'stopped') throw new Error(`The rebuild of ${copy.name} was stopped`);
  }
};
