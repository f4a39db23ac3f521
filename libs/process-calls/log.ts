/** Where troubles of calls between processes are told. */
export type CallsLog = {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

export const failedListener =
  (log: CallsLog) =>
  (error: unknown, topic: string): void =>
    log.warn({ err: error, topic }, 'News of another process could not be handled');
