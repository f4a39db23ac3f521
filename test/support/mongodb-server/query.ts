import type { Document } from 'bson';
import { Aggregator } from 'mingo/aggregator';
import { Context } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import { $count, $group, $limit, $match, $project, $skip, $unwind } from 'mingo/operators/pipeline';
import * as projections from 'mingo/operators/projection';
import * as queries from 'mingo/operators/query';
import { Query } from 'mingo/query';
import { updateOne } from 'mingo/updater';
import { badValue, failedToParse, MongoProblem } from './problem.js';
import { at, compareValues, sortedBy, typeRank } from './order.js';

type Predicate = (document: unknown) => boolean;

/** A comparison as MongoDB makes it: only between values of one type, strings by code point; of an array, one element is enough. */
const comparison =
  (holds: (order: number) => boolean) =>
  (path: string, wanted: unknown): Predicate => {
    const rank = typeRank(wanted);
    const isFound = (candidate: unknown): boolean =>
      typeRank(candidate) === rank && holds(compareValues(candidate, wanted));
    return (document) => {
      const value = at(document, path);
      return isFound(value) || (Array.isArray(value) && value.some(isFound));
    };
  };

const ordered = {
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
};

type Options = NonNullable<ConstructorParameters<typeof Query>[1]>;

/** The options as the engine keeps them: given others, it copies all operators for every query and every part of one. */
let options: Options = {};
const $keepOptions = (_path: string, _value: unknown, kept: Options): Predicate => {
  options = kept;
  return () => false;
};

const { $where: _unsupported, ...known } = queries as Record<string, unknown>;
const context = Context.init({
  query: { ...known, ...ordered, $keepOptions } as unknown as Parameters<Context['addQueryOps']>[0],
  projection: projections as unknown as Parameters<Context['addProjectionOps']>[0],
  expression: expressions as unknown as Parameters<Context['addExpressionOps']>[0],
  accumulator: accumulators as unknown as Parameters<Context['addAccumulatorOps']>[0],
  pipeline: { $match, $group, $project, $limit, $skip, $count, $unwind } as unknown as Parameters<
    Context['addPipelineOps']
  >[0],
});
void new Query({ any: { $keepOptions: true } }, { context });

/** Runs what the query engine does, and answers what it does not know as the real server would. */
const translated = <Result>(work: () => Result, problemOf: (message: string) => MongoProblem): Result => {
  try {
    return work();
  } catch (error) {
    if (error instanceof MongoProblem) throw error;
    throw problemOf(error instanceof Error ? error.message : String(error));
  }
};

/** @throws {MongoProblem} an operator that the server does not know. */
export const matcher = (filter: Document): Predicate =>
  translated(() => {
    const query = new Query(filter, options);
    query.test({});
    return (document) => query.test(document as Document);
  }, badValue);

export const projected = (documents: readonly Document[], projection: Document | undefined): readonly Document[] => {
  if (!projection || Object.keys(projection).length === 0) return documents;
  if (isPlainExclusion(projection)) return documents.map((document) => without(document, Object.keys(projection)));
  return translated(() => new Query({}, options).find<Document>([...documents], projection).all(), failedToParse);
};

const isPlainExclusion = (projection: Document): boolean =>
  Object.entries(projection).every(([path, value]) => value === 0 && !path.includes('.'));

const without = (document: Document, fields: readonly string[]): Document =>
  Object.fromEntries(Object.entries(document).filter(([field]) => !fields.includes(field)));

export const sorted = (documents: readonly Document[], sort: Document | undefined): readonly Document[] => {
  if (!sort || Object.keys(sort).length === 0) return documents;
  for (const direction of Object.values(sort)) {
    if (direction !== 1 && direction !== -1)
      throw badValue('$sort key ordering must be 1 (for ascending) or -1 (for descending)');
  }
  return sortedBy(documents, sort);
};

/** `$sort` is done here, since only this order is MongoDB's. */
export const aggregated = (documents: readonly Document[], pipeline: readonly Document[]): readonly Document[] => {
  let current = documents;
  for (const stage of pipeline) {
    if (stage['$sort']) current = sorted(current, stage['$sort'] as Document);
    else {
      current = translated(
        () => new Aggregator([stage], options).run<Document>([...current]),
        (message) => new MongoProblem(40324, 'Location40324', message),
      );
    }
  }
  return current;
};

/** The document after an update: operators, a pipeline of one document, or a replacement. */
export const updated = (document: Document, update: Document | readonly Document[], isInsert: boolean): Document => {
  if (Array.isArray(update)) return updatedByPipeline(document, update as readonly Document[]);
  const entries = Object.entries(update as Document);
  const isReplacement = !entries.some(([key]) => key.startsWith('$'));
  if (isReplacement) return { _id: document['_id'] as unknown, ...(update as Document) };
  const { $setOnInsert, ...modifiers } = update as Document;
  const target = structuredCloneOf(document);
  const all = isInsert && $setOnInsert ? [{ $set: $setOnInsert as Document }, modifiers] : [modifiers];
  for (const modifier of all) {
    if (Object.keys(modifier).length === 0) continue;
    translated(() => updateOne([target], {}, modifier, { cloneMode: 'deep' }, options), failedToParse);
  }
  return target;
};

const updatedByPipeline = (document: Document, pipeline: readonly Document[]): Document => {
  const target = [structuredCloneOf(document)];
  translated(() => updateOne(target, {}, [...pipeline] as never, { cloneMode: 'deep' }, options), failedToParse);
  return target[0] as Document;
};

/** A copy of the containers; values such as binaries are never changed in place. */
const structuredCloneOf = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(structuredCloneOf) as Value;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, structuredCloneOf(inner as unknown)]),
    ) as Value;
  }
  return value;
};
