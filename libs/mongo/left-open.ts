import type mongoose from 'mongoose';
import { isAnswer } from './errors.js';
import { hasEnded, here, type Here } from './processes.js';

type SessionId = { readonly id: mongoose.mongo.Binary };

/** The sessions that write transactions. One that a killed process left open would lock what it wrote for a minute. */
export type OpenSessions = {
  note(session: SessionId): Promise<void>;
  forget(session: SessionId): Promise<void>;
  /** Ends those of processes that are known to have ended, and what they left open. */
  endAbandoned(): Promise<void>;
  /** Ends all that are noted. Only for who owns what they write: the others' transactions end as well. */
  endAll(): Promise<void>;
};
type NotedSession = Here & { readonly _id: mongoose.mongo.Binary };

export const openSessionsIn = (db: mongoose.mongo.Db): OpenSessions => {
  const sessions = db.collection<NotedSession>('sessions');
  const end = async (which: (session: NotedSession) => boolean): Promise<void> => {
    const ids = (await sessions.find().toArray()).filter(which).map(({ _id }) => _id);
    if (ids.length === 0) return;
    try {
      await db.command({ killSessions: ids.map((id) => ({ id })) });
    } catch (error) {
      if (!isAnswer(error)) throw error; // otherwise they end after a minute
    }
    await sessions.deleteMany({ _id: { $in: ids } });
  };
  return {
    note: async ({ id }) => void (await sessions.replaceOne({ _id: id }, here(), { upsert: true })),
    forget: async ({ id }) => void (await sessions.deleteOne({ _id: id })),
    endAbandoned: () => end(hasEnded),
    endAll: () => end(() => true),
  };
};
