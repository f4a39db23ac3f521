import { translating } from '#lib/async';
import { mongoProblem, type Mongo } from '#lib/mongo';
import { decodePlace, encodePlace } from '../cursor.js';
import { RequestLogUnavailable } from '../errors.js';
import type {
  RequestBatch,
  RequestCount,
  RequestLogStore,
  RequestPage,
  RequestSearch,
  RequestSum,
  SumSearch,
} from '../port.js';
import { RequestRows, requestCollections } from './rows.js';

export { requestCollections };

/**
 * Opens the log of requests in a database of MongoDB. Closing it leaves the connection open, which others may use. Several processes may
 * write to it.
 * @throws {RequestLogUnavailable}
 */
export const openMongoRequestLog = async (mongo: Mongo): Promise<RequestLogStore> => {
  const rows = new RequestRows(mongo);
  await translated(rows.prepare());
  return new MongoRequestLog(rows);
};

/** Every count of a database, as it was written. @throws {RequestLogUnavailable} */
export async function* readRequestCounts(mongo: Mongo): AsyncGenerator<RequestCount, void, undefined> {
  try {
    yield* new RequestRows(mongo).allCounts();
  } catch (error) {
    throw unavailable(error);
  }
}

class MongoRequestLog implements RequestLogStore {
  private isClosed = false;

  constructor(private readonly rows: RequestRows) {}

  async write({ requests, counts }: RequestBatch): Promise<void> {
    await translated(this.open().insert(requests));
    await translated(this.open().count(counts));
  }

  async find({ cursor, limit, ...search }: RequestSearch): Promise<RequestPage> {
    const { requests, last } = await translated(this.open().find(search, decodePlace(cursor), limit));
    return { data: requests, next: last ? encodePlace(last) : null };
  }

  async *sums(search: SumSearch): AsyncGenerator<RequestSum, void, undefined> {
    try {
      yield* this.open().sums(search);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async removeBefore(time: string, limit: number): Promise<number> {
    return translated(this.open().removeBefore(new Date(time), limit));
  }

  async maintain(): Promise<void> {}

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private open(): RequestRows {
    if (this.isClosed) throw new RequestLogUnavailable('The log of requests is closed');
    return this.rows;
  }
}

const unavailable = (error: unknown): unknown => {
  const problem = mongoProblem(error);
  if (!problem) return error;
  return new RequestLogUnavailable(`The log of requests is unavailable: ${problem.detail}`, { cause: error });
};

const translated = translating(unavailable);
