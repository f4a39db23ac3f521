import type mongoose from 'mongoose';
import { type IndexKey, isDuplicateKey, type Mongo } from '#lib/mongo';
import type { Place } from '../cursor.js';
import { statusesOf } from '../filter.js';
import type { LoggedRequest, RequestCount, RequestFilter, RequestSearch, RequestSum, SumSearch } from '../port.js';

type Row = Omit<LoggedRequest, 'id' | 'at'> & { readonly _id: string; readonly at: Date };
type CountRow = Omit<RequestCount, 'id'> & { readonly _id: string };
type Filter = { readonly [name: string]: unknown };

const names = { requests: 'requests', counts: 'requests.counts' } as const;

export const requestCollections: readonly string[] = Object.values(names);

const keysOf = (...indexes: readonly (readonly string[])[]): readonly IndexKey[] =>
  indexes.map((fields) => Object.fromEntries([...fields, '_id'].map((field) => [field, 1])));
const ofOne = ['requestId', 'adminId', 'code', 'userId', 'keyId', 'address'].map((field) => [field, 'at']);
const indexes = {
  [names.requests]: keysOf(['at'], ...ofOne),
  [names.counts]: keysOf(['quarter'], ['userId', 'quarter']),
};

/** Lost with the server's memory at the worst: nobody waits for these. */
const lightly = { writeConcern: { w: 1 } } as const;
/** What the slowest search may take, of fields without an index. */
const searchTimeoutMs = 5000;

/** A document for each request, and for each count. What is too old is removed by the service's clock, as everywhere. */
export class RequestRows {
  private readonly requests: mongoose.mongo.Collection<Row>;
  private readonly counted: mongoose.mongo.Collection<CountRow>;

  constructor(private readonly mongo: Mongo) {
    this.requests = mongo.db.collection<Row>(names.requests, lightly);
    this.counted = mongo.db.collection<CountRow>(names.counts, lightly);
  }

  async prepare(): Promise<void> {
    for (const [name, keys] of Object.entries(indexes)) await this.mongo.indexes.add(name, keys);
  }

  /** Those that are there already stay as they are. */
  async insert(requests: readonly LoggedRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const rows = requests.map(({ id, at, ...request }) => ({ _id: id, at: new Date(at), ...request }));
    try {
      await this.requests.insertMany(rows, { ordered: false });
    } catch (error) {
      if (!areAllDuplicates(error)) throw error;
    }
  }

  async count(counts: readonly RequestCount[]): Promise<void> {
    if (counts.length === 0) return;
    const writes = counts.map(({ id: _id, ...count }) => ({
      updateOne: { filter: { _id }, update: { $set: count }, upsert: true },
    }));
    await this.counted.bulkWrite(writes, { ordered: false });
  }

  async find(
    { where, from, to }: Pick<RequestSearch, 'where' | 'from' | 'to'>,
    before: Place | undefined,
    limit: number,
  ): Promise<readonly LoggedRequest[]> {
    const conditions: Filter[] = [
      ...filtersOf(where),
      ...(from === undefined ? [] : [{ at: { $gte: new Date(from) } }]),
      ...(to === undefined ? [] : [{ at: { $lt: new Date(to) } }]),
      ...(before ? [earlierThan(before)] : []),
    ];
    const rows = await this.requests
      .find(conditions.length > 0 ? { $and: conditions } : {}, { maxTimeMS: searchTimeoutMs })
      .sort({ at: -1, _id: -1 })
      .limit(limit)
      .toArray();
    return rows.map(({ _id: id, at, ...request }) => ({ id, at: at.toISOString(), ...request }));
  }

  async *sums({ userId, from, to, by }: SumSearch): AsyncGenerator<RequestSum, void, undefined> {
    const sums = this.counted.aggregate<{ readonly _id: string; readonly requests: number }>([
      { $match: { ...(userId !== undefined && { userId }), quarter: { $gte: from, $lt: to } } },
      { $group: { _id: by === 'quarter' ? '$quarter' : '$userId', requests: { $sum: '$requests' } } },
      { $sort: { _id: 1 } },
    ]);
    for await (const { _id: of, requests } of sums) yield { of, requests };
  }

  async *allCounts(): AsyncGenerator<RequestCount, void, undefined> {
    for await (const { _id: id, ...count } of this.counted.find()) yield { id, ...count };
  }

  async removeBefore(time: Date, limit: number): Promise<number> {
    const old = await this.requests
      .find({ at: { $lt: time } }, { projection: { _id: 1 } })
      .sort({ at: 1, _id: 1 })
      .limit(limit)
      .toArray();
    if (old.length === 0) return 0;
    return (await this.requests.deleteMany({ _id: { $in: old.map(({ _id }) => _id) } })).deletedCount;
  }
}

const filtersOf = ({ status, minMs, ...equal }: RequestFilter): readonly Filter[] => {
  const [first, last] = statusesOf(status);
  return [
    ...Object.entries(equal).flatMap(([field, value]) => (value === undefined ? [] : [{ [field]: value }])),
    ...(status === undefined ? [] : [{ status: { $gte: first, $lte: last } }]),
    ...(minMs === undefined ? [] : [{ ms: { $gte: minMs } }]),
  ];
};

const earlierThan = ({ at, id }: Place): Filter => ({
  $or: [{ at: { $lt: new Date(at) } }, { at: new Date(at), _id: { $lt: id } }],
});

const areAllDuplicates = (error: unknown): boolean => {
  const { writeErrors } = error as { readonly writeErrors?: unknown };
  return isDuplicateKey(error) && [writeErrors ?? []].flat().every(isDuplicateKey);
};
