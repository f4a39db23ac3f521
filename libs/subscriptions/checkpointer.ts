import type { Parked } from '#lib/read-models';

/** Records a saga's progress, one record at a time: changes that come up during a record go into the next one. */
export type Checkpointer = {
  /** An event was handled: recorded soon, so that few events come again after a crash. */
  readonly handled: () => void;
  /** Parks an event in the same record as the checkpoint that passes it. */
  readonly park: (parked: Parked) => void;
  /** Only events without a handler were passed: recorded now and then, since reading them again does no harm. */
  readonly passed: () => void;
  /** Resolves when everything is recorded. @throws the error of the record that failed. */
  readonly flush: () => Promise<void>;
};

export const checkpointer = (options: {
  readonly start: number;
  /** How far events without a handler may pass before that is recorded: see `maxUnrecorded`. */
  readonly maxUnrecorded: number;
  readonly doneUpTo: () => number;
  readonly record: (checkpoint: number, park: readonly Parked[]) => Promise<void>;
  /** Called with every new position, recorded or not yet worth a record. */
  readonly moved: (position: number) => void;
  /** Called when a record failed. Nothing is recorded after that. */
  readonly failed: () => void;
}): Checkpointer => {
  const { doneUpTo } = options;
  let recorded = options.start;
  let toPark: Parked[] = [];
  let hasHandled = false;
  let saving: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const isDue = () => toPark.length > 0 || doneUpTo() - recorded >= (hasHandled ? 1 : options.maxUnrecorded);

  const record = async () => {
    const [checkpoint, park] = [doneUpTo(), toPark];
    [toPark, hasHandled] = [[], false];
    await options.record(checkpoint, park);
    recorded = checkpoint;
  };
  const save = async () => {
    try {
      while (isDue()) await record();
      options.moved(doneUpTo());
    } catch (error) {
      failure = { error }; // a later record would pass the events whose parking failed
      options.failed();
    } finally {
      saving = undefined; // in the same turn as the last `isDue`, so that no change is missed
    }
  };
  const saveSoon = () => {
    if (!failure) saving ??= Promise.resolve().then(save);
  };

  return {
    handled: () => {
      hasHandled = true;
      saveSoon();
    },
    park: (parked) => {
      toPark.push(parked);
      saveSoon();
    },
    passed: () => {
      if (saving || isDue()) saveSoon();
      else if (!failure) options.moved(doneUpTo());
    },
    flush: async () => {
      await saving;
      if (failure) throw failure.error;
      if (doneUpTo() > recorded || toPark.length > 0) await record();
    },
  };
};
