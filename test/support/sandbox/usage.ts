/** Milliseconds of CPU that this process has used. */
export const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Resident megabytes of this process, after garbage collection if it is exposed. */
export const memory = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};
