import type { Projection } from '#lib/event-sourcing';
import type { ProjectionContext } from './context.js';
import { errorText } from './error-text.js';
import { projector } from './projector.js';
import type { Subscription } from './subscription.js';

/** Keeps a view up to date, and can rebuild it. */
export type ViewSubscription = Subscription & {
  readonly rebuilding: () => boolean;
  /**
   * Fills an empty copy of the view from the whole log, beside the one that is served, and puts it in its place.
   * Resolves when the new one is served. A second call during a rebuild joins it.
   * @throws {CorruptEvent} the log cannot be read: the old view stays.
   * @throws {Error} `stop` was called first: the old view stays.
   */
  readonly rebuild: () => Promise<void>;
};

/** How long the live view may be stopped while its copy handles the last events. */
const handoverTimeoutMs = 10_000;
/** How long the copy may take before the rebuild looks again whether it was stopped, and where the live view is now. */
const catchUpCheckIntervalMs = 1000;

export const viewSubscription = (projection: Projection, context: ProjectionContext): ViewSubscription => {
  const live = projector(projection, context);
  let shadow: Subscription | undefined;
  let rebuilding: Promise<void> | undefined;
  let rebuildTrouble: string | undefined;
  let stopped = true;

  const rebuild = async (): Promise<void> => {
    const copy = projector(projection, context, { shadow: true });
    shadow = copy;
    rebuildTrouble = undefined;
    try {
      await context.models.beginRebuild(projection.into);
      await copy.start();
      await catchUp(copy, () => live.position());
      await live.stop();
      if (!(await copy.reached(live.position(), handoverTimeoutMs))) {
        throw new Error(`The rebuilt ${live.name} did not handle the last events in time`);
      }
      await copy.stop();
      await context.models.finishRebuild(projection.into);
      context.log.info({ subscription: live.name }, 'View rebuilt');
    } catch (error) {
      rebuildTrouble = `The last rebuild failed: ${errorText(error)}`;
      throw error;
    } finally {
      shadow = undefined;
      await copy.stop();
      if (!stopped) void live.start();
    }
  };

  return {
    name: live.name,
    state: live.state,
    trouble: () => live.trouble() ?? rebuildTrouble,
    damage: live.damage,
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
      return live.start();
    },
    stop: async () => {
      stopped = true;
      await shadow?.stop();
      await live.stop();
      await rebuilding?.catch(() => {}); // thrown to the caller of `rebuild`
    },
  };
};

/** Waits until a copy is where the live view is, however long that takes. @throws {CorruptEvent} it cannot get there. */
const catchUp = async (copy: Subscription, target: () => number): Promise<void> => {
  while (!(await copy.reached(target(), catchUpCheckIntervalMs))) {
    const damage = copy.damage();
    if (damage) throw damage;
    if (copy.state() === 'stopped') throw new Error(`The rebuild of ${copy.name} was stopped`);
  }
};
