import type mongoose from 'mongoose';
import { translating } from '#lib/async';
import type { Mongo } from '#lib/mongo';
import { checkBatch, checkCollection } from '../checks.js';
import type { AnyCollection, Collection } from '../collection.js';
import { encodeCursor } from '../cursor.js';
import { ReadModelsUnavailable } from '../errors.js';
import type { Batch, DaySum, Find, Page, Progress, ReadModels, SumByDay, Where } from '../port.js';
import type { Fields } from '../write.js';
import { BatchQueue } from './batch-queue.js';
import { readModelsError } from './errors.js';
import { countFilter, pageQuery, sumByDayPipeline } from './queries.js';
import { beginRebuild, dropViews, finishRebuild, prepareView, rowsOf } from './rebuild.js';
import {
  type Copy,
  type OtherProgressRow,
  type ParkedRow,
  progressId,
  type ProgressRow,
  type Rows,
  toFields,
} from './rows.js';
import { stableRead } from './stable-read.js';

/** Nothing that only writing needs. */
const projection = { _words: 0, _at: 0, _late: 0 };

type Prepared = { readonly definition: AnyCollection; readonly rows: Rows; readonly queues: Record<Copy, BatchQueue> };

/** Translates the calls of the port to those of the driver. */
export class MongoReadModels implements ReadModels {
  private readonly prepared = new Map<string, Prepared>();
  /** The copies that were to take the place of the live ones. */
  private readonly begunSwaps = new Map<string, string>();
  private closing: Promise<void> | undefined;

  constructor(protected readonly mongo: Mongo) {}

  async prepare(collections: readonly AnyCollection[]): Promise<ReadonlyMap<string, number>> {
    collections.forEach(checkCollection);
    this.checkOpen();
    const versions = new Map<string, number>();
    for (const definition of collections) {
      versions.set(definition.name, await translated(this.prepareView(definition)));
      this.prepared.set(definition.name, this.preparedFrom(definition));
    }
    return versions;
  }

  /** Answers the version of its stored content. */
  protected prepareView(definition: AnyCollection): Promise<number> {
    return prepareView(this.mongo, definition);
  }

  async apply(batch: Batch): Promise<void> {
    checkBatch(batch);
    const { subscription, collection, shadow = false, park = [] } = batch;
    const { queues } = this.preparedOf({ name: collection });
    if (park.length > 0 && subscription !== collection)
      throw new TypeError(`${subscription} can park no events: it shares ${collection} with others`);
    await translated(queues[shadow ? 'rebuild' : 'live'].push(batch));
  }

  async progress(subscription: string, { shadow = false } = {}): Promise<Progress> {
    this.checkOpen();
    if (!this.prepared.has(subscription)) return translated(this.otherProgress(subscription));
    const rows = rowsOf(this.mongo, subscription, shadow ? 'rebuild' : 'live');
    const read = stableRead(() =>
      rows
        .find({ _id: { $gte: progressId } }, this.certain())
        .sort({ _id: 1 })
        .toArray(),
    );
    const found = await translated(read);
    const [first, ...others] = found as unknown as readonly [ProgressRow | undefined, ...ParkedRow[]];
    const checkpoint = first?._progress.checkpoint ?? 0;
    return {
      checkpoint,
      parked: others.map(({ _parked }) => _parked).filter(({ position }) => position <= checkpoint),
    };
  }

  async get<Doc extends Fields>(collection: Collection<Doc>, id: string): Promise<Doc | undefined> {
    const { rows } = this.preparedOf(collection);
    const row = await translated(stableRead(() => rows.findOne({ _id: id }, { projection })));
    return row ? (toFields(row) as Doc) : undefined;
  }

  async getAll<Doc extends Fields>(collection: Collection<Doc>, ids: readonly string[]): Promise<readonly Doc[]> {
    const { rows } = this.preparedOf(collection);
    const filter = { _id: { $in: [...new Set(ids)] } };
    const found = await translated(stableRead(() => rows.find(filter, { projection }).toArray()));
    return found.map((row) => toFields(row) as Doc);
  }

  async find<Doc extends Fields>(collection: Collection<Doc>, find: Find<Doc>): Promise<Page<Doc>> {
    const { definition, rows } = this.preparedOf(collection);
    const { filter, sort } = pageQuery(definition, find);
    const limit = find.limit + 1;
    const options = { projection, sort, limit, batchSize: limit };
    const found = await translated(stableRead(() => rows.find(filter, options).toArray()));
    const page = found.slice(0, find.limit);
    const [data, id] = [page.map((row) => toFields(row) as Doc), page.at(-1)?._id];
    if (found.length <= find.limit || typeof id !== 'string') return { data, next: null };
    const value = find.sort ? (data.at(-1)?.[find.sort.field] ?? null) : null;
    return { data, next: encodeCursor(collection, find, { value, id }) };
  }

  async count<Doc extends Fields>(collection: Collection<Doc>, where?: Where<Doc>): Promise<number> {
    const { rows } = this.preparedOf(collection);
    const filter = countFilter(where);
    return translated(stableRead(() => rows.countDocuments(filter)));
  }

  async sumByDay<Doc extends Fields>(collection: Collection<Doc>, sum: SumByDay<Doc>): Promise<readonly DaySum[]> {
    const { rows } = this.preparedOf(collection);
    const pipeline = sumByDayPipeline(sum);
    const groups = await translated(stableRead(() => rows.aggregate(pipeline).toArray()));
    return groups.map(({ _id, count, ...totals }) => ({
      day: String(_id),
      count: Number(count),
      sums: Object.fromEntries(sum.sums.map((field, index) => [field, Number(totals[`s${index}`])])),
    }));
  }

  /** They are made before a copy is filled: the server keeps them up to date beside the work of this process. */
  async buildIndexes(collection: AnyCollection): Promise<void> {
    this.preparedOf(collection);
  }

  async beginRebuild(collection: AnyCollection): Promise<void> {
    const { definition, queues } = this.preparedOf(collection);
    await queues.rebuild.settled();
    await translated(beginRebuild(this.mongo, definition));
  }

  async finishRebuild(collection: AnyCollection): Promise<void> {
    const { definition, queues } = this.preparedOf(collection);
    await Promise.all([queues.live.settled(), queues.rebuild.settled()]);
    await translated(finishRebuild(this.mongo, definition, this.begunSwaps));
  }

  async ready(): Promise<void> {
    this.checkOpen();
    const probe = this.mongo.db.collection<{ _id: string }>('probe');
    await translated(probe.updateOne({ _id: 'views' }, { $inc: { tries: 1 } }, { upsert: true }));
  }

  /**
   * Reads only what no failover takes back: a view that went on from a checkpoint that is taken back afterwards would lack the events up to
   * there.
   */
  private certain(): mongoose.mongo.FindOptions {
    return this.mongo.hasTransactions ? { readConcern: { level: 'majority' } } : {};
  }

  /** Of a subscription that shares a collection: there is no telling which. */
  private async otherProgress(subscription: string): Promise<Progress> {
    for (const { rows } of this.prepared.values()) {
      const row = (await rows.findOne({ _id: { subscription } }, this.certain())) as OtherProgressRow | null;
      if (row) return { checkpoint: row._progress.checkpoint, parked: [] };
    }
    return { checkpoint: 0, parked: [] };
  }

  async dropUnprepared(): Promise<readonly string[]> {
    this.checkOpen();
    return translated(dropViews(this.mongo, (view) => !this.prepared.has(view)));
  }

  /** The server does that by itself. */
  async maintain(): Promise<void> {}

  close(): Promise<void> {
    this.closing ??= this.closeQueues();
    return this.closing;
  }

  private async closeQueues(): Promise<void> {
    const queues = [...this.prepared.values()].flatMap(({ queues }) => Object.values(queues));
    await Promise.all(queues.map((queue) => queue.close()));
  }

  private preparedFrom(definition: AnyCollection): Prepared {
    const { name } = definition;
    const queueOf = (copy: Copy): BatchQueue => new BatchQueue(this.mongo, definition, copy);
    const queues = this.prepared.get(name)?.queues ?? { live: queueOf('live'), rebuild: queueOf('rebuild') };
    return { definition, rows: rowsOf(this.mongo, name, 'live'), queues };
  }

  private preparedOf({ name }: Pick<AnyCollection, 'name'>): Prepared {
    this.checkOpen();
    const prepared = this.prepared.get(name);
    if (!prepared) throw new Error(`The collection ${name} was not prepared`);
    return prepared;
  }

  protected checkOpen(): void {
    if (this.closing) throw new ReadModelsUnavailable('closed', 'The views are closed');
  }
}

export const translated = translating(readModelsError);
