import { ObjectId, serialize, type Document } from 'bson';
import { allowOnly, documentIn, documentsIn, namespaceOf } from '../fields.js';
import { badValue, failedToParse, MongoProblem } from '../problem.js';
import { projected, sorted, updated } from '../query.js';
import { duplicateKey, keyOf } from '../storage.js';
import type { Command, CommandContext } from './context.js';
import { matching } from './reads.js';

const maxWriteBatch = 100_000;

type Outcome = { readonly n: number; readonly nModified?: number; readonly upserted?: unknown };

/** Runs the statements of a write; one that fails is told by its place, and ends an ordered write. */
const runAll = async (
  statements: readonly Document[],
  ordered: boolean,
  inTransaction: boolean,
  run: (statement: Document) => Promise<Outcome>,
): Promise<Document> => {
  if (statements.length === 0 || statements.length > maxWriteBatch)
    throw new MongoProblem(
      16,
      'InvalidLength',
      `Write batch sizes must be between 1 and ${maxWriteBatch}. Got ${statements.length} operations.`,
    );
  const writeErrors: Document[] = [];
  const upserted: Document[] = [];
  let [n, nModified] = [0, 0];
  for (const [index, statement] of statements.entries()) {
    try {
      const outcome = await run(statement);
      n += outcome.n;
      nModified += outcome.nModified ?? 0;
      if (outcome.upserted !== undefined) upserted.push({ index, _id: outcome.upserted });
    } catch (error) {
      if (!(error instanceof MongoProblem)) throw error;
      if (error.code === 112 || (inTransaction && error.code !== 11000)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.details });
      if (ordered) break;
    }
  }
  return { n, nModified, ...(upserted.length > 0 && { upserted }), ...(writeErrors.length > 0 && { writeErrors }) };
};

const checkDocument = (document: Document): void => {
  for (const key of Object.keys(document))
    if (key.startsWith('$')) throw badValue(`Document can't have $ prefixed field names: ${key}`);
};

const insert: Command = async (command, context) => {
  allowOnly('insert', command, ['documents', 'ordered', 'bypassDocumentValidation']);
  const namespace = namespaceOf(command, 'insert');
  const answer = await runAll(
    documentsIn(command, 'documents'),
    command['ordered'] !== false,
    !!context.transaction,
    (given) => insertOne(context, namespace, given),
  );
  delete answer['nModified'];
  return answer;
};

const insertOne = async (
  { storage, transaction }: CommandContext,
  namespace: string,
  given: Document,
): Promise<Outcome> => {
  checkDocument(given);
  const document = '_id' in given ? given : { _id: new ObjectId(), ...given };
  const collection = storage.create(namespace);
  const [idIndex] = collection.indexes;
  if (storage.get(namespace, document['_id'], transaction) && idIndex) throw duplicateKey(namespace, idIndex, document);
  await storage.write(namespace, document['_id'], document, transaction);
  return { n: 1 };
};

const update: Command = (command, context) => {
  allowOnly('update', command, ['updates', 'ordered', 'bypassDocumentValidation', 'let']);
  const namespace = namespaceOf(command, 'update');
  return runAll(documentsIn(command, 'updates'), command['ordered'] !== false, !!context.transaction, (statement) =>
    updateStatement(context, namespace, statement),
  );
};

const updateStatement = async (context: CommandContext, namespace: string, statement: Document): Promise<Outcome> => {
  allowOnly('update', statement, ['q', 'u', 'multi', 'upsert', 'hint']);
  const filter = documentIn(statement, 'q');
  const change = statement['u'] as Document | Document[];
  const isReplacement = !Array.isArray(change) && !Object.keys(change).some((key) => key.startsWith('$'));
  if (isReplacement && statement['multi'] === true)
    throw failedToParse('multi update is not supported for replacement-style update');
  const found = matching(context, namespace, filter);
  const targets = statement['multi'] === true ? found : found.slice(0, 1);
  if (targets.length === 0 && statement['upsert'] === true) return upsert(context, namespace, filter, change);
  let nModified = 0;
  for (const before of targets) if (await modify(context, namespace, before, change)) nModified += 1;
  return { n: targets.length, nModified };
};

/** Whether the document has changed. */
const modify = async (
  context: CommandContext,
  namespace: string,
  before: Document,
  change: Document | Document[],
): Promise<boolean> => {
  const after = updated(before, change, false);
  if (keyOf(after['_id']) !== keyOf(before['_id']))
    throw new MongoProblem(
      66,
      'ImmutableField',
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  if (Buffer.compare(serialize(after), serialize(before)) === 0) return false;
  await context.storage.write(namespace, before['_id'], after, context.transaction);
  return true;
};

/** The new document starts with what the filter says of equality. */
const upsert = async (
  context: CommandContext,
  namespace: string,
  filter: Document,
  change: Document | Document[],
): Promise<Outcome> => {
  const equal = Object.fromEntries(
    Object.entries(filter).filter(
      ([key, value]) =>
        !key.startsWith('$') &&
        !(typeof value === 'object' && value !== null && Object.keys(value as object)[0]?.startsWith('$')),
    ),
  );
  const made = updated(equal, change, true);
  const document = { _id: made['_id'] ?? new ObjectId(), ...made };
  document._id ??= new ObjectId();
  await insertOne(context, namespace, document);
  return { n: 1, nModified: 0, upserted: document._id };
};

const remove: Command = async (command, context) => {
  allowOnly('delete', command, ['deletes', 'ordered', 'let']);
  const namespace = namespaceOf(command, 'delete');
  const answer = await runAll(
    documentsIn(command, 'deletes'),
    command['ordered'] !== false,
    !!context.transaction,
    async (statement) => {
      allowOnly('delete', statement, ['q', 'limit', 'hint']);
      const found = matching(context, namespace, documentIn(statement, 'q'));
      const targets = statement['limit'] === 1 ? found.slice(0, 1) : found;
      for (const target of targets) await context.storage.write(namespace, target['_id'], null, context.transaction);
      return { n: targets.length };
    },
  );
  delete answer['nModified'];
  return answer;
};

const findAndModify: Command = async (command, context) => {
  allowOnly('findAndModify', command, [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'hint',
  ]);
  const namespace = namespaceOf(command, 'findAndModify');
  const filter = command['query'] === undefined ? {} : documentIn(command, 'query');
  const [before] = sorted(matching(context, namespace, filter), command['sort'] as Document | undefined);
  const shown = (document: Document | undefined): Document | null =>
    document ? (projected([document], command['fields'] as Document | undefined)[0] ?? null) : null;
  if (command['remove'] === true) {
    if (before) await context.storage.write(namespace, before['_id'], null, context.transaction);
    return { lastErrorObject: { n: before ? 1 : 0 }, value: shown(before) };
  }
  const change = command['update'] as Document | Document[];
  if (before) {
    await modify(context, namespace, before, change);
    const after = context.storage.get(namespace, before['_id'], context.transaction);
    return { lastErrorObject: { n: 1, updatedExisting: true }, value: shown(command['new'] === true ? after : before) };
  }
  if (command['upsert'] !== true) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
  const { upserted } = await upsert(context, namespace, filter, change);
  const after = context.storage.get(namespace, upserted, context.transaction);
  return {
    lastErrorObject: { n: 1, updatedExisting: false, upserted },
    value: command['new'] === true ? shown(after) : null,
  };
};

export const writes = { insert, update, delete: remove, findAndModify } satisfies { [name: string]: Command };
