/** Milliseconds of CPU that this process has used so far. */
export const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Megabytes that this process holds, its garbage collected if it may do that itself. */
export const memory = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};
