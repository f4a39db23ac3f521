import mongoose from 'mongoose';

export type IndexKey = { readonly [field: string]: 1 };

/** The indexes of a database, of which processes of several versions may have their own idea. */
export type Indexes = {
  /** Makes those that are missing. Drops none: a process of another version may need what this one does not know. */
  add(collection: string, keys: readonly IndexKey[]): Promise<void>;
  /**
   * Drops, of all collections that `add` was called for here, the indexes that it was not asked for. Only for whoever knows that no process
   * of another version uses them. Answers what was dropped, as `<collection>.<index>`.
   */
  dropOthers(): Promise<readonly string[]>;
};

export const indexesOn = (connection: mongoose.Connection): Indexes => {
  const wanted = new Map<string, readonly IndexKey[]>();
  return {
    add: async (collection, keys) => {
      wanted.set(collection, keys);
      await withModel(connection, collection, keys, async (model) => {
        const missing: Missing = { toCreate: (await model.diffIndexes({ indexOptionsToCreate: true })).toCreate };
        await model.createIndexes(missing);
      });
    },
    dropOthers: async () => {
      const dropped: string[] = [];
      for (const [collection, keys] of wanted) {
        const names = await withModel(connection, collection, keys, (model) => model.cleanIndexes());
        dropped.push(...names.map((name) => `${collection}.${name}`));
      }
      return dropped.sort();
    },
  };
};

/** Mongoose takes this option without declaring it. */
type Missing = mongoose.mongo.CreateIndexesOptions & { readonly toCreate: mongoose.IndexesDiff['toCreate'] };

const withModel = async <Result>(
  connection: mongoose.Connection,
  name: string,
  keys: readonly IndexKey[],
  use: (model: Pick<mongoose.Model<unknown>, 'diffIndexes' | 'createIndexes' | 'cleanIndexes'>) => Promise<Result>,
): Promise<Result> => {
  const schema = new mongoose.Schema({}, { strict: false, versionKey: false });
  for (const key of keys) schema.index(key);
  const model = connection.model(name, schema, name, { overwriteModels: true });
  try {
    return await use(model);
  } finally {
    connection.deleteModel(name);
  }
};
