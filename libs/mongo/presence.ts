import { randomUUID } from 'node:crypto';
import { pause } from '#lib/async';
import type { Mongo } from './connection.js';
import { beatIntervalMs, leaseMs, OwnedElsewhere, watchIntervalMs } from './owner.js';
import { hasEnded, here, type Here } from './processes.js';

type Present = Here & { readonly _id: string; readonly beat: number };

const presentIn = ({ db }: Mongo) => db.collection<Present>('processes');

/**
 * Shows that this process uses the database, beside whoever owns something in it. `release` may be called twice, and never rejects.
 * `whenForgotten` is called where {@link assertAlone} has forgotten this process, which was silent for too long and shows itself again: what it
 * uses may have been taken away meanwhile. Where that fails, it is called again.
 */
export const showPresence = async (
  mongo: Mongo,
  whenForgotten: () => Promise<void> = async () => {},
): Promise<{ release(): Promise<void> }> => {
  const present = presentIn(mongo);
  const _id = randomUUID();
  let isReleased = false;
  let isForgotten = false;
  const beat = async (): Promise<void> => {
    const { matchedCount } = await present.updateOne({ _id }, { $inc: { beat: 1 } });
    if (isReleased) return;
    if (matchedCount === 0) {
      isForgotten = true;
      await present.updateOne({ _id }, { $inc: { beat: 1 }, $set: here() }, { upsert: true });
    }
    if (isForgotten) await whenForgotten();
    isForgotten = false;
  };
  await present.insertOne({ _id, beat: 0, ...here() });
  const beating = setInterval(() => void beat().catch(() => {}), beatIntervalMs).unref(); // calls meet the failure
  const release = async (): Promise<void> => {
    isReleased = true;
    clearInterval(beating);
    await present.deleteOne({ _id }).catch(() => {}); // otherwise it is silent from now on
  };
  return { release };
};

/**
 * Makes sure that no process shows itself, and forgets those that have ended. That takes ten seconds where one gives no sign of life, by this
 * process's own clock. @throws {OwnedElsewhere} one lives.
 */
export const assertAlone = async (mongo: Mongo): Promise<void> => {
  const present = presentIn(mongo);
  const seen = await present.find().toArray();
  const seenAt = performance.now();
  const beats = new Map(seen.map(({ _id, beat }) => [_id, beat]));
  for (;;) {
    const known = await present.find().toArray();
    const silent = known.filter(({ _id, beat }) => beats.get(_id) === beat);
    if (silent.length < known.length)
      throw new OwnedElsewhere('The database of MONGODB_URI is in use by another process: stop all of them first');
    const isOver = performance.now() - seenAt > leaseMs;
    for (const one of silent) if (isOver || hasEnded(one)) await present.deleteOne({ _id: one._id, beat: one.beat });
    if (isOver || silent.every(hasEnded)) return;
    await pause(watchIntervalMs);
  }
};
