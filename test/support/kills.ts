const factor = Number(process.env['WAYBILL_KILLS'] ?? 1);

/** How often a process is killed: `usually` with all tests, and as many times more as `WAYBILL_KILLS` asks for. */
export const killsOf = (usually: number): number => usually * factor;

/** The same moments again and again, as many times more. */
export const moreOf = <Moment>(moments: readonly Moment[]): readonly Moment[] =>
  Array.from({ length: factor }, () => moments).flat();
