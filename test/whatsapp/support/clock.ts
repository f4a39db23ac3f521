/** Sets the wall clock of this process forward, or back, by some milliseconds. Returns what sets it right again. */
export const moveClock = (byMs: number): (() => void) => {
  const RealDate = globalThis.Date;
  globalThis.Date = class extends RealDate {
    constructor(...args: readonly unknown[]) {
      super(...((args.length === 0 ? [RealDate.now() + byMs] : args) as [number]));
    }
    static override now(): number {
      return RealDate.now() + byMs;
    }
  } as DateConstructor;
  return () => {
    globalThis.Date = RealDate;
  };
};
