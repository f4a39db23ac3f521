import type { Document } from 'bson';
import { allowOnly, countIn, documentIn, documentsIn, namespaceOf } from '../fields.js';
import { MongoProblem } from '../problem.js';
import { keyOf } from '../storage.js';
import { aggregated, matcher, projected, sorted } from '../query.js';
import type { Command, CommandContext } from './context.js';

/** The documents that a filter matches. One that asks for some `_id` looks nowhere else. */
export const matching = (
  { storage, transaction }: Pick<CommandContext, 'storage' | 'transaction'>,
  namespace: string,
  filter: Document,
): readonly Document[] => {
  const ids = idsOf(filter['_id']);
  if (!ids) return storage.read(namespace, transaction).filter(matcher(filter));
  const found = ids.map((id) => storage.get(namespace, id, transaction)).filter((document) => document !== undefined);
  return Object.keys(filter).length === 1 ? found : found.filter(matcher(filter));
};

const idsOf = (wanted: unknown): readonly unknown[] | undefined => {
  if (wanted === undefined) return undefined;
  if (typeof wanted !== 'object' || wanted === null) return [wanted];
  const { $in: among, ...others } = wanted as { readonly $in?: readonly unknown[] };
  if (!among || Object.keys(others).length > 0) return undefined;
  return [...new Map(among.map((id) => [keyOf(id), id])).values()];
};

const find: Command = (command, context) => {
  const fields = [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'noCursorTimeout',
  ];
  allowOnly('find', command, fields);
  const namespace = namespaceOf(command, 'find');
  const filter = command['filter'] === undefined ? {} : documentIn(command, 'filter');
  const [skip, limit] = [countIn(command, 'skip'), countIn(command, 'limit')];
  const all = sorted(matching(context, namespace, filter), command['sort'] as Document | undefined);
  const page = all.slice(skip, limit === 0 ? undefined : skip + limit);
  const documents = projected(page, command['projection'] as Document | undefined);
  const { batchSize, singleBatch } = command as { batchSize?: number; singleBatch?: boolean };
  return context.cursors.first(namespace, documents, batchSize, singleBatch === true);
};

const getMore: Command = (command, { cursors }) => {
  allowOnly('getMore', command, ['collection', 'batchSize']);
  return cursors.next(command['getMore'], command['batchSize'] as number | undefined);
};

const killCursors: Command = (command, { cursors }) => {
  allowOnly('killCursors', command, ['cursors']);
  return cursors.kill(command['cursors'] as unknown[]);
};

const aggregate: Command = (command, context) => {
  allowOnly('aggregate', command, ['pipeline', 'cursor', 'allowDiskUse', 'hint']);
  const namespace = namespaceOf(command, 'aggregate');
  if (command['cursor'] === undefined)
    throw new MongoProblem(
      9,
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  const { batchSize } = documentIn(command, 'cursor') as { batchSize?: number };
  const documents = aggregated(context.storage.read(namespace, context.transaction), documentsIn(command, 'pipeline'));
  return context.cursors.first(namespace, documents, batchSize);
};

const count: Command = (command, context) => {
  allowOnly('count', command, ['query', 'limit', 'skip', 'hint']);
  const filter = command['query'] === undefined ? {} : documentIn(command, 'query');
  return { n: matching(context, namespaceOf(command, 'count'), filter).length };
};

export const reads = { find, getMore, killCursors, aggregate, count } satisfies { [name: string]: Command };
