/** How often the use of a key is recorded at the most, in milliseconds. */
const useInterval = 15 * 60_000;

/** Whether a use at `at` is to be recorded when the last one that was stands at `usedAt` (ISO 8601). */
export const isWorthRecording = (usedAt: string | null, at: string): boolean =>
  usedAt === null || Date.parse(at) - Date.parse(usedAt) >= useInterval;
