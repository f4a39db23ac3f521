import type { Document } from 'bson';
import { allowOnly, documentsIn, namespaceOf } from '../fields.js';
import { MongoProblem } from '../problem.js';
import type { Index } from '../storage.js';
import type { Command } from './context.js';

const namespaceNotFound = (namespace: string): MongoProblem =>
  new MongoProblem(26, 'NamespaceNotFound', `ns not found ${namespace}`);

const create: Command = (command, { storage }) => {
  allowOnly('create', command, []);
  const namespace = namespaceOf(command, 'create');
  if (storage.collections.has(namespace))
    throw new MongoProblem(48, 'NamespaceExists', `Collection ${namespace} already exists.`);
  storage.create(namespace);
  return {};
};

const drop: Command = (command, { storage }) => {
  allowOnly('drop', command, []);
  const namespace = namespaceOf(command, 'drop');
  storage.collections.delete(namespace);
  return { ns: namespace };
};

const dropDatabase: Command = (command, { storage }) => {
  allowOnly('dropDatabase', command, []);
  const database = String(command['$db']);
  for (const namespace of storage.collections.keys())
    if (namespace.startsWith(`${database}.`)) storage.collections.delete(namespace);
  return { dropped: database };
};

const renameCollection: Command = (command, { storage }) => {
  allowOnly('renameCollection', command, ['to', 'dropTarget']);
  if (command['$db'] !== 'admin')
    throw new MongoProblem(13, 'Unauthorized', 'renameCollection may only be run against the admin database.');
  const [from, to] = [String(command['renameCollection']), String(command['to'])];
  const collection = storage.collections.get(from);
  if (!collection) throw new MongoProblem(26, 'NamespaceNotFound', `Source collection ${from} does not exist`);
  if (storage.collections.has(to) && command['dropTarget'] !== true)
    throw new MongoProblem(48, 'NamespaceExists', 'target namespace exists');
  storage.collections.delete(from);
  storage.collections.set(to, collection);
  return {};
};

const listCollections: Command = (command, { storage, cursors }) => {
  allowOnly('listCollections', command, ['filter', 'nameOnly', 'cursor', 'authorizedCollections']);
  const database = String(command['$db']);
  const wanted = (command['filter'] as { name?: string } | undefined)?.name;
  const found = [...storage.collections.keys()]
    .filter((namespace) => namespace.startsWith(`${database}.`))
    .map((namespace) => namespace.slice(database.length + 1))
    .filter((name) => wanted === undefined || name === wanted)
    .map((name) => ({ name, type: 'collection', options: {}, info: { readOnly: false } }));
  return cursors.first(`${database}.$cmd.listCollections`, found, undefined);
};

const indexOptions = [
  'key',
  'name',
  'unique',
  'v',
  'background',
  'expireAfterSeconds',
  'partialFilterExpression',
  'sparse',
];

const createIndexes: Command = (command, { storage }) => {
  allowOnly('createIndexes', command, ['indexes', 'commitQuorum']);
  const namespace = namespaceOf(command, 'createIndexes');
  const collection = storage.create(namespace);
  const before = collection.indexes.length;
  for (const { key, name, unique, v: _version, background: _ignored, ...rest } of documentsIn(command, 'indexes')) {
    allowOnly('createIndexes', { key, name, unique, ...rest } as Document, indexOptions);
    addIndex(collection, { key: key as Document, name: String(name), unique: unique === true, rest });
  }
  return {
    numIndexesBefore: before,
    numIndexesAfter: collection.indexes.length,
    createdCollectionAutomatically: false,
  };
};

const shape = ({ key, unique, rest }: Index): string => JSON.stringify([Object.entries(key), unique, rest]);

/** What makes MongoDB take two indexes for different ones: not how long documents live, for instance. */
const signature = ({ key, unique, rest: { sparse, partialFilterExpression } }: Index): string =>
  JSON.stringify([Object.entries(key), unique, sparse === true, partialFilterExpression ?? null]);

const optionsConflict = (name: string, as: string): MongoProblem =>
  new MongoProblem(85, 'IndexOptionsConflict', `An equivalent index already exists with ${as}: ${name}`);

const addIndex = (collection: { indexes: Index[] }, index: Index): void => {
  const sameName = collection.indexes.find(({ name }) => name === index.name);
  if (sameName) {
    if (shape(sameName) === shape(index)) return;
    if (signature(sameName) === signature(index))
      throw optionsConflict(index.name, 'the same name but different options');
    throw new MongoProblem(
      86,
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index: ${index.name}`,
    );
  }
  const equivalent = collection.indexes.find((one) => signature(one) === signature(index));
  if (equivalent) throw optionsConflict(equivalent.name, 'a different name');
  collection.indexes.push(index);
};

const listIndexes: Command = (command, { storage, cursors }) => {
  allowOnly('listIndexes', command, ['cursor']);
  const namespace = namespaceOf(command, 'listIndexes');
  const collection = storage.collections.get(namespace);
  if (!collection) throw namespaceNotFound(namespace);
  const found = collection.indexes.map(({ key, name, unique, rest }) => ({
    v: 2,
    key,
    name,
    ...(unique && name !== '_id_' && { unique }),
    ...rest,
  }));
  return cursors.first(namespace, found, undefined);
};

const dropIndexes: Command = (command, { storage }) => {
  allowOnly('dropIndexes', command, ['index']);
  const namespace = namespaceOf(command, 'dropIndexes');
  const collection = storage.collections.get(namespace);
  if (!collection) throw namespaceNotFound(namespace);
  const nIndexesWas = collection.indexes.length;
  const wanted: unknown = command['index'];
  if (wanted !== '*' && !collection.indexes.some(({ name }) => name === wanted))
    throw new MongoProblem(27, 'IndexNotFound', `index not found with name [${String(wanted)}]`);
  collection.indexes = collection.indexes.filter(({ name }) => name === '_id_' || (wanted !== '*' && name !== wanted));
  return { nIndexesWas };
};

export const collections = {
  create,
  drop,
  dropDatabase,
  renameCollection,
  listCollections,
  createIndexes,
  listIndexes,
  dropIndexes,
} satisfies { [name: string]: Command };
