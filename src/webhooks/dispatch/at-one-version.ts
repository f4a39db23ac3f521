/** Versioned data that is read in several asynchronous steps. */
type Reading<Version, Found> = {
  readonly version: () => Version;
  readonly read: (version: Version) => Promise<Found>;
  /** Retries a reading as a whole: its version too. */
  readonly retried: <Result>(reading: () => Promise<Result>) => Promise<Result>;
};

/**
 * Reads until the version has not changed meanwhile, and uses what it read in the same turn: so what is used together is of one version.
 */
export const atOneVersion = async <Version, Found, Result>(
  { version, read, retried }: Reading<Version, Found>,
  use: (found: Found) => Result | Promise<Result>,
): Promise<Result> => {
  for (;;) {
    const { of, found } = await retried(async () => {
      const of = version();
      return { of, found: await read(of) };
    });
    if (version() === of) return use(found);
  }
};
