import { retrying, Transient } from '#lib/async';
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
   * Resolves when the new one is served. A second call during a rebuild joins it. While the stores are in trouble, it goes on trying.
   * @throws {CorruptEvent} the log cannot be read: the old view stays.
   * @throws {Error} `stop` was called first: the old view stays.
   */
  readonly rebuild: () => Promise<void>;
};

/** How long the live view may be stopped at a time while its copy handles the last events. */
const defaultHandoverTimeoutMs = 10_000;
/** How long the copy may take before the rebuild looks again whether it was stopped, and where the live view is now. */
const catchUpCheckIntervalMs = 1000;

export const viewSubscription = (
  projection: Projection,
  context: ProjectionContext,
  { handoverTimeoutMs = defaultHandoverTimeoutMs }: { readonly handoverTimeoutMs?: number } = {},
): ViewSubscription => {
  const live = projector(projection, context);
  let shadow: Subscription | undefined;
  let rebuilding: Promise<void> | undefined;
  let rebuildTrouble: string | undefined;
  let stopped = true;
  let stopping = new AbortController();

  /** A step of a rebuild, again where it fails for a reason that passes. */
  const lasting = async (step: () => Promise<void>, signal: AbortSignal): Promise<void> => {
    const again = (error: unknown): boolean => {
      if (!(error instanceof Transient)) return false;
      rebuildTrouble = `The rebuild waits: ${errorText(error)}`;
      context.log.warn({ subscription: live.name, err: error }, 'The rebuild of a view waits');
      return true;
    };
    await retrying(step, { policy: context.retry, signal, again });
    rebuildTrouble = undefined;
  };

  /** Stops the live view where its copy is as far, and lets it go on where the copy did not come to the same place in time. */
  const overtake = async (copy: Subscription): Promise<void> => {
    await catchUp(copy, () => live.position());
    await live.stop();
    if (await copy.reached(live.position(), handoverTimeoutMs)) return;
    if (!stopped) void live.start();
    throw new Transient(`The rebuilt ${live.name} did not handle the last events in time`);
  };

  const rebuild = async (): Promise<void> => {
    const copy = projector(projection, context, { shadow: true });
    const { signal } = stopping;
    shadow = copy;
    rebuildTrouble = undefined;
    try {
      await lasting(() => context.models.beginRebuild(projection.into), signal);
      if (signal.aborted) throw new Error(`The rebuild of ${live.name} was stopped`);
      await copy.start();
      await lasting(() => overtake(copy), signal);
      await copy.stop();
      await lasting(() => context.models.finishRebuild(projection.into), signal);
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
      if (stopped) stopping = new AbortController();
      stopped = false;
      return live.start();
    },
    stop: async () => {
      stopped = true;
      stopping.abort();
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
