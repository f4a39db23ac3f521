import type { Parked } from '#lib/read-models';

/** Records how far a subscription has come, one record at a time: what comes up meanwhile goes with the next. */
export type Checkpointer = {
  /** An event was handled: to be recorded soon, so that few come again after a crash. */
  readonly worked: () => void;
  /** An event is to be parked, in the same step as the checkpoint that passes it. */
  readonly park: (parked: Parked) => void;
  /** Events went by that need no work: recorded only now and then, as there is no harm in passing them again. */
  readonly passed: () => void;
  /** Resolves when all is recorded. @throws what recording throws. */
  readonly flush: () => Promise<void>;
};

/** How many events may go by without a record. */
export const idleStride = 1000;

export const checkpointer = (options: {
  readonly start: number;
  readonly doneUpTo: () => number;
  readonly record: (checkpoint: number, park: readonly Parked[]) => Promise<void>;
  /** Called with every new position, recorded or not worth it. */
  readonly moved: (position: number) => void;
  readonly failed: (error: unknown) => void;
}): Checkpointer => {
  const { doneUpTo } = options;
  let recorded = options.start;
  let parking: Parked[] = [];
  let worked = false;
  let saving: Promise<void> | undefined;

  const isDue = () => parking.length > 0 || doneUpTo() - recorded >= (worked ? 1 : idleStride);

  const record = async () => {
    const [checkpoint, park] = [doneUpTo(), parking];
    [parking, worked] = [[], false];
    await options.record(checkpoint, park);
    recorded = checkpoint;
  };
  const save = async () => {
    try {
      while (isDue()) await record();
      options.moved(doneUpTo());
    } finally {
      saving = undefined; // in the same turn as the last look at what is due, so that nothing falls between
    }
  };
  const soon = () => {
    saving ??= Promise.resolve().then(save);
    saving.catch(options.failed);
  };

  return {
    worked: () => {
      worked = true;
      soon();
    },
    park: (parked) => {
      parking.push(parked);
      soon();
    },
    passed: soon,
    flush: async () => {
      await saving;
      if (doneUpTo() > recorded || parking.length > 0) await record();
    },
  };
};
