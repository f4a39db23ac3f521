/** A connection over which nothing comes any more may look open for hours: each is asked so often whether it lives. */
const checkIntervalMs = 3000;
/** One that is late may be this process's own fault, that was busy. */
const maxMissedChecks = 2;

/** A client of ioredis, which gives up a command that takes too long. */
type Connection = {
  readonly status: string;
  ping(): Promise<unknown>;
  disconnect(reconnect: boolean): void;
};

/** What may be known beside an answer. */
type Checks = {
  /** An answer came: false where the connection is to be made anew all the same, should that not change. */
  readonly isUseful?: () => boolean;
  /** The connection is being made anew. It may look ready for a moment still. */
  readonly onLost?: () => void;
};

/**
 * Asks a connection whether it lives, again and again while it is ready, and has it made anew where two answers are missing in a row.
 * Answers how to end that.
 */
export const checkAgainAndAgain = (
  redis: Connection,
  { isUseful = () => true, onLost = () => undefined }: Checks = {},
): (() => void) => {
  let missed = 0;
  const lives = async (): Promise<boolean> => {
    try {
      await redis.ping();
      return isUseful();
    } catch {
      return false;
    }
  };
  const check = async (): Promise<void> => {
    if (redis.status !== 'ready' || (await lives())) {
      missed = 0;
      return;
    }
    missed += 1;
    if (missed < maxMissedChecks) return;
    missed = 0;
    if (redis.status !== 'ready') return;
    onLost();
    redis.disconnect(true);
  };
  const timer = setInterval(() => void check(), checkIntervalMs).unref();
  return () => clearInterval(timer);
};
