import mongoose from 'mongoose';
import { isMissingIndex } from './errors.js';

export type IndexKey = { readonly [field: string]: 1 };

/** The indexes of a database, of which processes of several versions may have their own idea. */
export type Indexes = {
  /**
   * Makes those that are missing. Drops none that this version does not know, since a process of another one may need it, but those that have
   * the keys of one of these and other options (such as `unique`), or the name of one and other keys: MongoDB refuses to make the declared
   * one beside them. No version makes such an index: its name follows from its keys.
   */
  add(collection: string, keys: readonly IndexKey[]): Promise<void>;
  /**
   * Drops the indexes of collections that `add` was called for here, except for those that it was asked for; `all`: of all of them. Only for
   * whoever knows that no process of another version uses these collections. Answers what was dropped, as `<collection>.<index>`.
   */
  dropOthers(collections: readonly string[] | 'all'): Promise<readonly string[]>;
};

export const indexesOn = (connection: mongoose.Connection): Indexes => {
  const wanted = new Map<string, readonly IndexKey[]>();
  return {
    add: async (collection, keys) => {
      wanted.set(collection, keys);
      await withModel(connection, collection, keys, async (model) => {
        const { toDrop, toCreate } = await model.diffIndexes({ indexOptionsToCreate: true });
        if (toDrop.length > 0 && toCreate.length > 0) await dropInTheWay(model, toDrop, toCreate);
        const missing: Missing = { toCreate };
        await model.createIndexes(missing);
      });
    },
    dropOthers: async (collections) => {
      const dropped: string[] = [];
      for (const [collection, keys] of wanted) {
        if (collections !== 'all' && !collections.includes(collection)) continue;
        const names = await withModel(connection, collection, keys, (model) => model.cleanIndexes());
        dropped.push(...names.map((name) => `${collection}.${name}`));
      }
      return dropped.sort();
    },
  };
};

/** Drops those of `names` that have the keys, or the name, of an index that is to be made. */
const dropInTheWay = async (
  model: IndexedModel,
  names: readonly string[],
  toCreate: mongoose.IndexesDiff['toCreate'],
): Promise<void> => {
  const textOf = (key: unknown): string => JSON.stringify(Object.entries(key as IndexKey));
  const made = (toCreate as unknown as readonly (readonly [IndexKey, object])[]).map(([key]) => key);
  const taken = new Set(made.flatMap((key) => [textOf(key), nameOf(key)]));
  for (const { name, key } of (await model.listIndexes()) as readonly {
    readonly name: string;
    readonly key: unknown;
  }[]) {
    if (!names.includes(name) || !(taken.has(textOf(key)) || taken.has(name))) continue;
    try {
      await model.cleanIndexes({ toDrop: [name] });
    } catch (error) {
      if (!isMissingIndex(error)) throw error; // another process that starts has dropped it
    }
  }
};

/** As MongoDB names it. */
const nameOf = (key: IndexKey): string =>
  Object.entries(key)
    .map((each) => each.join('_'))
    .join('_');

type IndexedModel = Pick<mongoose.Model<unknown>, 'listIndexes' | 'diffIndexes' | 'createIndexes' | 'cleanIndexes'>;

/** Mongoose takes this option without declaring it. */
type Missing = mongoose.mongo.CreateIndexesOptions & { readonly toCreate: mongoose.IndexesDiff['toCreate'] };

const withModel = async <Result>(
  connection: mongoose.Connection,
  name: string,
  keys: readonly IndexKey[],
  use: (model: IndexedModel) => Promise<Result>,
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
