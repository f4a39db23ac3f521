import type mongoose from 'mongoose';
import { type IndexKey, isDuplicateKey, type Mongo } from '#lib/mongo';
import type { Place } from '../cursor.js';
import { leasts, maxScanned, statusesOf } from '../filter.js';
import type { LoggedRequest, RequestCount, RequestFilter, RequestSearch, RequestSum, SumSearch } from '../port.js';

type Row = Omit<LoggedRequest, 'id' | 'at'> & { readonly _id: string; readonly at: Date };
type CountRow = Omit<RequestCount, 'id'> & { readonly _id: string };
/** `last`: where to go on; undefined at the end. */
type Found = { readonly requests: readonly LoggedRequest[]; readonly last: Place | undefined };
type Filter = { readonly [name: string]: unknown };

const names = { requests: 'requests', counts: 'requests.counts' } as const;

export const requestCollections: readonly string[] = Object.values(names);

const keysOf = (...indexes: readonly (readonly string[])[]): readonly IndexKey[] =>
  indexes.map((fields) => Object.fromEntries([...fields, '_id'].map((field) => [field, 1])));
/** Those that have an index, the most telling first. */
const indexed = ['requestId', 'adminId', 'code', 'keyId', 'userId', 'address'] as const;
const ofOne = indexed.map((field) => [field, 'at']);
const indexes = {
  [names.requests]: keysOf(['at'], ...ofOne),
  [names.counts]: keysOf(['quarter'], ['userId', 'quarter']),
};

/** Lost with the server's memory at the worst: nobody waits for these. */
const lightly = { writeConcern: { w: 1 } } as const;
/** What the slowest search may take. */
const usual = { maxTimeMS: 5000 } as const;
const latestFirst = { at: -1, _id: -1 } as const;

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
  ): Promise<Found> {
    const period: Filter[] = [
      ...(from === undefined ? [] : [{ at: { $gte: new Date(from) } }]),
      ...(to === undefined ? [] : [{ at: { $lt: new Date(to) } }]),
      ...(before ? [earlierThan(before)] : []),
    ];
    const end = await this.endOf(where, period);
    const rows = await this.requests
      .find(allOf([...filtersOf(where), ...period, ...(end ? [notEarlierThan(end)] : [])]), usual)
      .sort(latestFirst)
      .limit(limit + 1)
      .toArray();
    const last = rows[limit - 1];
    return {
      requests: rows.slice(0, limit).map(({ _id: id, at, ...request }) => ({ id, at: at.toISOString(), ...request })),
      last: rows.length > limit && last ? { at: last.at.getTime(), id: last._id } : end,
    };
  }

  /** The last request that a search looks at, where there are more: found in the index alone. What an index answers needs no end. */
  private async endOf(where: RequestFilter, period: readonly Filter[]): Promise<Place | undefined> {
    const field = indexed.find((name) => where[name] !== undefined);
    const others = Object.entries(where).filter(([name, value]) => value !== undefined && name !== field);
    if (others.length === 0) return undefined;
    const ofField = field === undefined ? [] : [{ [field]: where[field] }];
    const [row] = await this.requests
      .find(allOf([...ofField, ...period]), { ...usual, projection: { at: 1 } })
      .sort(latestFirst)
      .skip(maxScanned - 1)
      .limit(1)
      .toArray();
    return row && { at: row.at.getTime(), id: row._id };
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

const filtersOf = ({ status, minMs, minBytesIn, minBytesOut, ...equal }: RequestFilter): readonly Filter[] => {
  const [first, last] = statusesOf(status);
  return [
    ...Object.entries(equal).flatMap(([field, value]) => (value === undefined ? [] : [{ [field]: value }])),
    ...(status === undefined ? [] : [{ status: { $gte: first, $lte: last } }]),
    ...Object.entries({ minMs, minBytesIn, minBytesOut }).flatMap(([name, least]) =>
      least === undefined ? [] : [{ [leasts[name as keyof typeof leasts]]: { $gte: least } }],
    ),
  ];
};

const allOf = (conditions: readonly Filter[]): object => (conditions.length > 0 ? { $and: conditions } : {});

/** The bound on the time alone is one that an index can begin at. */
const earlierThan = ({ at, id }: Place): Filter => ({
  at: { $lte: new Date(at) },
  $or: [{ at: { $lt: new Date(at) } }, { at: new Date(at), _id: { $lt: id } }],
});

const notEarlierThan = ({ at, id }: Place): Filter => ({
  at: { $gte: new Date(at) },
  $or: [{ at: { $gt: new Date(at) } }, { at: new Date(at), _id: { $gte: id } }],
});

const areAllDuplicates = (error: unknown): boolean => {
  const { writeErrors } = error as { readonly writeErrors?: unknown };
  return isDuplicateKey(error) && [writeErrors ?? []].flat().every(isDuplicateKey);
};
