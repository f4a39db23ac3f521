import { translating } from '#lib/async';
import type { Database, Statement } from '#lib/sqlite';
import type { ThreadCalls } from '#lib/threads';
import { checkBatch, checkCollection } from '../checks.js';
import type { AnyCollection, Collection } from '../collection.js';
import { encodeCursor } from '../cursor.js';
import { ReadModelsUnavailable } from '../errors.js';
import type { Batch, DaySum, Find, Page, Parked, Progress, ReadModels, SumByDay, Where } from '../port.js';
import type { Fields } from '../write.js';
import type { BatchQueue } from './batch-queue.js';
import { readModelsError } from './errors.js';
import type { SqliteReadModelsOptions } from './index.js';
import { progressSql } from './progress.js';
import { byIdsSql, countSql, findSql, sumByDaySql } from './queries.js';
import type { Readers } from './readers.js';
import { type Table, tableOf } from './table.js';
import type { ViewWriterMethods } from './view-writer.worker.js';

type Prepared = { readonly table: Table; readonly get: Statement<[string], string> };

/** Translates the calls of the port to SQL, and runs it on the writer or a reader. */
/** So few documents are read faster here than on another thread. */
const maxReadsOneByOne = 4;

export class SqliteReadModels implements ReadModels {
  private readonly prepared = new Map<string, Prepared>();
  private closing: Promise<void> | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly writer: ThreadCalls<ViewWriterMethods>,
    private readonly queue: BatchQueue,
    private readonly readers: Readers,
    private readonly reader: Database,
    private readonly release: () => Promise<void>,
    private readonly log: SqliteReadModelsOptions['log'],
  ) {}

  async prepare(collections: readonly AnyCollection[]): Promise<ReadonlyMap<string, number>> {
    collections.forEach(checkCollection);
    const versions = await this.write((writer) => writer.ask('prepare', collections));
    for (const collection of collections) {
      const table = tableOf(collection, 'live');
      const get = this.reader.prepare<[string], string>(`SELECT doc FROM ${table.docs} WHERE id = ?`).pluck();
      this.prepared.set(collection.name, { table, get });
    }
    this.sweep();
    return new Map(versions);
  }

  async apply(batch: Batch): Promise<void> {
    this.checkOpen();
    checkBatch(batch);
    await this.queue.push(JSON.stringify(batch), batch.changes.length);
  }

  async progress(subscription: string, { shadow = false } = {}): Promise<Progress> {
    const [checkpoints, parked] = await this.rows(progressSql(subscription, shadow ? 'rebuild' : 'live'));
    return {
      checkpoint: Number(checkpoints?.[0]?.[0] ?? 0),
      parked: (parked ?? []).map(([json]) => JSON.parse(String(json)) as Parked),
    };
  }

  async get<Doc extends Fields>(collection: Collection<Doc>, id: string): Promise<Doc | undefined> {
    const { get } = this.preparedOf(collection);
    try {
      const doc = get.get(id);
      return doc === undefined ? undefined : (JSON.parse(doc) as Doc);
    } catch (error) {
      throw readModelsError(error);
    }
  }

  async getAll<Doc extends Fields>(collection: Collection<Doc>, ids: readonly string[]): Promise<readonly Doc[]> {
    const asked = [...new Set(ids)];
    if (asked.length <= maxReadsOneByOne) {
      const found = await Promise.all(asked.map((id) => this.get(collection, id)));
      return found.filter((doc) => doc !== undefined);
    }
    const [rows = []] = await this.rows([byIdsSql(this.preparedOf(collection).table, asked)]);
    return rows.map(([doc]) => JSON.parse(String(doc)) as Doc);
  }

  async find<Doc extends Fields>(collection: Collection<Doc>, find: Find<Doc>): Promise<Page<Doc>> {
    const statements = findSql(this.preparedOf(collection).table, find);
    const request = { statements, limit: find.limit };
    const page = find.search === undefined ? this.readers.page(request) : this.readers.search(request);
    const { data, lastId, more } = await translated(page);
    const docs = JSON.parse(data) as readonly Doc[];
    if (!more || lastId === undefined) return { data: docs, next: null };
    const value = find.sort ? (docs.at(-1)?.[find.sort.field] ?? null) : null;
    return { data: docs, next: encodeCursor(collection, find, { value, id: lastId }) };
  }

  async count<Doc extends Fields>(collection: Collection<Doc>, where?: Where<Doc>): Promise<number> {
    const [rows] = await this.rows([countSql(this.preparedOf(collection).table, where)]);
    return Number(rows?.[0]?.[0]);
  }

  async sumByDay<Doc extends Fields>(collection: Collection<Doc>, sum: SumByDay<Doc>): Promise<readonly DaySum[]> {
    const [rows = []] = await this.rows([sumByDaySql(this.preparedOf(collection).table, sum)]);
    return rows.map(([day, count, ...sums]) => ({
      day: String(day),
      count: Number(count),
      sums: Object.fromEntries(sum.sums.map((field, index) => [field, Number(sums[index])])),
    }));
  }

  async buildIndexes(collection: AnyCollection, { shadow = false } = {}): Promise<void> {
    const { collection: definition } = this.preparedOf(collection).table;
    const copy = shadow ? 'rebuild' : 'live';
    // One at a time, so that the batches of other views get their turn.
    while (await this.write((writer) => writer.ask('buildIndex', definition, copy)));
  }

  async beginRebuild(collection: AnyCollection): Promise<void> {
    const { collection: definition } = this.preparedOf(collection).table;
    await this.write((writer) => writer.ask('beginRebuild', definition));
    this.sweep();
  }

  async finishRebuild(collection: AnyCollection): Promise<void> {
    const { collection: definition } = this.preparedOf(collection).table;
    await this.write((writer) => writer.ask('finishRebuild', definition));
    this.sweep();
  }

  async ready(): Promise<void> {
    await this.write((writer) => writer.ask('probe'));
  }

  async dropUnprepared(): Promise<readonly string[]> {
    const dropped = await this.write((writer) => writer.ask('dropUnprepared'));
    this.sweep();
    return dropped;
  }

  async maintain(): Promise<void> {
    await this.write((writer) => writer.ask('maintain'));
  }

  close(): Promise<void> {
    this.closing ??= this.queue.settled().then(() => this.release());
    return this.closing;
  }

  /** Asks the writer for something other than a batch, after the batches that were accepted before. */
  private async write<Result>(work: (writer: ThreadCalls<ViewWriterMethods>) => Promise<Result>): Promise<Result> {
    this.checkOpen();
    await this.queue.settled();
    return translated(work(this.writer));
  }

  private async rows(statements: Parameters<Readers['rows']>[0]): ReturnType<Readers['rows']> {
    this.checkOpen();
    return translated(this.readers.rows(statements));
  }

  private preparedOf({ name }: AnyCollection): Prepared {
    this.checkOpen();
    const prepared = this.prepared.get(name);
    if (!prepared) throw new Error(`The collection ${name} was not prepared`);
    return prepared;
  }

  private checkOpen(): void {
    if (this.closing) throw new ReadModelsUnavailable('closed', 'The views are closed');
  }

  /** Drops what rebuilds have replaced, piece by piece between batches. The rest is dropped after the next start. */
  private sweep(): void {
    this.sweeping ??= this.sweepAll().finally(() => (this.sweeping = undefined));
  }

  private async sweepAll(): Promise<void> {
    try {
      while (!this.closing && (await this.writer.ask('sweep')));
    } catch (error) {
      this.log?.warn(
        { err: error },
        'An old copy of a view could not be dropped; this is retried after the next rebuild',
      );
    }
  }
}

const translated = translating(readModelsError);
