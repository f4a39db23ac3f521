import { maintain, migrate, openWriter, type Database, type Statement } from '#lib/sqlite';
import type { Place } from '../cursor.js';
import { matchesRequest, maxScanned } from '../filter.js';
import type { LoggedRequest, RequestBatch, RequestCount, RequestFilter } from '../port.js';
import { requestLogMigrations } from './schema.js';

/** Pages (of 4 kB) in the write-ahead log from which on a commit also moves them into the database. */
const checkpointPages = 1000;

type Row = Omit<LoggedRequest, 'at'> & { readonly at: number };
type CountRow = Omit<RequestCount, 'quarter'> & { readonly quarter: number };

export type Find = {
  readonly where: RequestFilter;
  /** In milliseconds since 1970; excluded. */
  readonly before: Place;
  readonly from: number;
  readonly limit: number;
};
/** `last`: where to go on; undefined at the end. */
type Found = { readonly rows: readonly Row[]; readonly last: Place | undefined };

export type FindSums = {
  readonly userId: string | undefined;
  readonly by: 'quarter' | 'user';
  readonly from: number;
  readonly to: number;
  /** The last one that is known; undefined for the first page. */
  readonly after: number | string | undefined;
  readonly limit: number;
};
/** `of`: a quarter, or the id of a user. */
export type SumRow = { readonly of: number | string; readonly requests: number };

/** Those that have an index, the most telling first. */
const indexed = ['requestId', 'adminId', 'code', 'userId'] as const;

/** Opens the file, creating it if it does not exist. Everything here is synchronous: it runs in a thread of its own. */
export const openTables = (file: string) => {
  const db = openWriter(file, 'normal');
  try {
    db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    migrate(db, requestLogMigrations);
    return tables(db);
  } catch (error) {
    db.close();
    throw error;
  }
};

const tables = (db: Database) => {
  const insert = db.prepare<[Row]>(
    `INSERT OR IGNORE INTO requests VALUES (@at, @id, @method, @route, @status, @ms, @userId, @keyId, @adminId, @address,
       @requestId, @bytesIn, @bytesOut, @code)`,
  );
  const count = db.prepare<[CountRow]>(
    `INSERT INTO counts VALUES (@id, @userId, @quarter, @requests)
     ON CONFLICT DO UPDATE SET requests = excluded.requests`,
  );
  const drop = db.prepare<[number, number]>(
    `DELETE FROM requests WHERE (at, id) IN (SELECT at, id FROM requests WHERE at < ? ORDER BY at, id LIMIT ?)`,
  );
  const selects = new Map(
    [undefined, ...indexed].map((column) => [column, db.prepare<[object], Row>(selectBy(column))] as const),
  );
  const sumsOf = (column: 'quarter' | 'userId', condition = '') =>
    db.prepare<[object], SumRow>(
      `SELECT ${column} AS "of", sum(requests) AS requests FROM counts
       WHERE ${condition} ${column} > @after AND quarter >= @from AND quarter < @to
       GROUP BY ${column} ORDER BY ${column} LIMIT @limit`,
    );
  const sums = {
    quarter: { ofAll: sumsOf('quarter'), ofOne: sumsOf('quarter', 'userId = @userId AND') },
    user: { ofAll: sumsOf('userId'), ofOne: sumsOf('userId', 'userId = @userId AND') },
  };

  const write = db.transaction(({ requests, counts }: RequestBatch) => {
    for (const request of requests) insert.run({ ...request, at: Date.parse(request.at) });
    for (const one of counts) count.run({ ...one, quarter: Date.parse(one.quarter) });
  });

  return {
    /** All of it in one transaction. */
    write: (batch: RequestBatch): void => write.immediate(batch),
    find: (find: Find): Found => {
      const column = indexed.find((field) => find.where[field] !== undefined);
      return scan(selects.get(column) as Statement<[object], Row>, find, column);
    },
    sums: ({ userId, by, after, ...period }: FindSums): readonly SumRow[] => {
      const parameters = { ...period, after: after ?? (by === 'quarter' ? -1 : '') };
      return userId === undefined ? sums[by].ofAll.all(parameters) : sums[by].ofOne.all({ ...parameters, userId });
    },
    removeBefore: (time: number, limit: number): number => drop.run(time, limit).changes,
    maintain: (): void => maintain(db),
    close: (): void => void db.close(),
  };
};

const selectBy = (column: (typeof indexed)[number] | undefined): string =>
  `SELECT * FROM requests WHERE ${column === undefined ? '' : `${column} = @value AND`} (at, id) < (@at, @id) AND at >= @from
   ORDER BY at DESC, id DESC LIMIT ${maxScanned}`;

const scan = (
  select: Statement<[object], Row>,
  { where, before, from, limit }: Find,
  column: (typeof indexed)[number] | undefined,
): Found => {
  const matches = matchesRequest(where);
  const rows: Row[] = [];
  let scanned = 0;
  let last: Place | undefined;
  const value = column === undefined ? {} : { value: where[column] };
  for (const row of select.iterate({ ...before, from, ...value })) {
    if (matches(row)) {
      if (rows.length === limit) return { rows, last };
      rows.push(row);
    }
    last = { at: row.at, id: row.id };
    scanned += 1;
  }
  return { rows, last: scanned === maxScanned ? last : undefined };
};
