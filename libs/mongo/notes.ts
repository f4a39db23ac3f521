import type mongoose from 'mongoose';

/** Short texts about a database. */
export type Notes = {
  get(name: string): Promise<string | undefined>;
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
};

export const notesIn = (db: mongoose.mongo.Db): Notes => {
  const notes = db.collection<{ readonly _id: string; readonly text: string }>('notes');
  return {
    get: async (name) => (await notes.findOne({ _id: name }))?.text,
    put: async (name, text) => void (await notes.replaceOne({ _id: name }, { text }, { upsert: true })),
    remove: async (name) => void (await notes.deleteOne({ _id: name })),
  };
};
