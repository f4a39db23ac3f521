import type mongoose from 'mongoose';
import { isAnswer } from './errors.js';

type SessionId = { readonly id: mongoose.mongo.Binary };

/** The sessions that write transactions. One that a killed process left open would lock what it wrote for a minute. */
export type OpenSessions = {
  note(session: SessionId): Promise<void>;
  forget(session: SessionId): Promise<void>;
  /** Ends all that are noted, and what they left open. */
  endAll(): Promise<void>;
};

export const openSessionsIn = (db: mongoose.mongo.Db): OpenSessions => {
  const sessions = db.collection<{ readonly _id: mongoose.mongo.Binary }>('sessions');
  return {
    note: async ({ id }) => void (await sessions.replaceOne({ _id: id }, {}, { upsert: true })),
    forget: async ({ id }) => void (await sessions.deleteOne({ _id: id })),
    endAll: async () => {
      const ids = (await sessions.find().toArray()).map(({ _id }) => _id);
      if (ids.length === 0) return;
      try {
        await db.command({ killSessions: ids.map((id) => ({ id })) });
      } catch (error) {
        if (!isAnswer(error)) throw error; // otherwise they end after a minute
      }
      await sessions.deleteMany({ _id: { $in: ids } });
    },
  };
};
