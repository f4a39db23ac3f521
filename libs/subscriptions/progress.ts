import type { Saga } from '#lib/event-sourcing';
import type { Parked, Progress } from '#lib/read-models';
import type { ProjectionContext, SagaContext } from './context.js';

/** Where one subscription's progress is stored. */
export type ProgressStore = {
  /** How far the subscription has come. */
  readonly load: () => Promise<Progress>;
  /** Stores a parked event's new error, or that an event is parked no longer. The checkpoint stays as it is. */
  readonly changeParked: (change: {
    readonly park?: readonly Parked[];
    readonly unpark?: readonly number[];
  }) => Promise<void>;
};

/** No stored checkpoint is lower: recording it leaves the stored one as it is. */
export const unchangedCheckpoint = 0;

/** Stored with the view that the subscription fills; `shadow`: with the copy that is being rebuilt. */
export const viewProgress = ({ models }: ProjectionContext, name: string, shadow: boolean): ProgressStore => ({
  load: () => models.progress(name, { shadow }),
  changeParked: (change) =>
    models.apply({
      subscription: name,
      collection: name,
      shadow,
      changes: [],
      checkpoint: unchangedCheckpoint,
      ...change,
    }),
});

/**
 * Stored for sagas alone. The first `load` of a new saga records where it starts before it resolves, so that neither a crash nor a later
 * change of `startFrom` moves its start.
 */
export const sagaProgressStore = (
  { name, startFrom }: Pick<Saga, 'name' | 'startFrom'>,
  { store, sagaProgress }: SagaContext,
): ProgressStore => {
  /** Kept when recording it fails: events that are appended before the next try must not be passed over. */
  let start: number | undefined;

  const recordStart = async (): Promise<number> => {
    start ??= startFrom === 'now' ? await store.head() : 0;
    await sagaProgress.record({ saga: name, checkpoint: start });
    return start;
  };

  return {
    load: async () => {
      const { checkpoint, parked } = await sagaProgress.load(name);
      return { checkpoint: checkpoint ?? (await recordStart()), parked };
    },
    changeParked: (change) => sagaProgress.record({ saga: name, checkpoint: unchangedCheckpoint, ...change }),
  };
};
