import type { SagaProgress } from '#lib/saga-progress';

/** Somewhere the progress of sagas can be kept: opened, closed, opened again, and removed in the end. */
export type Place = {
  open(): Promise<SagaProgress>;
  /** What a compiled child process must be given to open the same place: see `open-place.ts`. */
  readonly arguments: readonly string[];
  remove(): Promise<void>;
};

/** Opens the progress, and closes it when the work is done, however that ends. */
export const withProgress = async <Result>(
  place: Place,
  work: (progress: SagaProgress) => Promise<Result>,
): Promise<Result> => {
  const progress = await place.open();
  try {
    return await work(progress);
  } finally {
    await progress.close();
  }
};
