const end = (): void => process.exit(1);

/** To be called first: until the service can stop in order, it ends at once when the process that started it over a channel does. */
export const endWithStarter = (): void => {
  if (process.connected) process.once('disconnect', end);
};

/** From now on, stops in order instead. */
export const stopWithStarter = (stop: () => void): void => {
  process.off('disconnect', end);
  if (process.connected) process.once('disconnect', stop);
};
