import { type Database, openReader, type Statement } from '#lib/sqlite';
import { serveThread } from '#lib/threads';
import type { Cell } from './cell.js';
import type { Sql } from './where.js';

/** The documents of a page as one JSON array. */
export type RawPage = { readonly data: string; readonly lastId: string | undefined; readonly more: boolean };
export type PageRequest = { readonly statements: readonly Sql[]; readonly limit: number };
export type SqlRow = readonly (string | number | null)[];

const maxStatements = 200;
let opened: Database | undefined;
const statements = new Map<string, Statement<Cell[], SqlRow>>();

const prepared = (sql: string): Statement<Cell[], SqlRow> => {
  if (!opened) throw new Error('The reader was not opened');
  const statement = statements.get(sql) ?? opened.prepare<Cell[], SqlRow>(sql).raw();
  if (statements.size >= maxStatements) statements.clear();
  statements.set(sql, statement);
  return statement;
};

/** Runs reads on one snapshot. */
const snapshot = <Result>(read: () => Result): Result => {
  if (!opened) throw new Error('The reader was not opened');
  return opened.transaction(read)();
};

const methods = {
  open: (file: string): void => {
    opened = openReader(file);
  },

  /** The rows of each statement. */
  rows: (asked: readonly Sql[]): readonly (readonly SqlRow[])[] =>
    snapshot(() => asked.map(({ sql, values }) => prepared(sql).all(...values))),

  page: ({ statements, limit }: PageRequest): RawPage =>
    snapshot(() => {
      const rows: SqlRow[] = [];
      for (const { sql, values } of statements) {
        // One row more than the limit shows whether there is another page.
        if (rows.length <= limit) rows.push(...prepared(sql).all(...values, limit + 1 - rows.length));
      }
      const page = rows.slice(0, limit);
      const lastId = page.at(-1)?.[0];
      return {
        data: `[${page.map(([, doc]) => doc).join(',')}]`,
        lastId: typeof lastId === 'string' ? lastId : undefined,
        more: rows.length > limit,
      };
    }),

  close: () => void opened?.close(),
};
export type ViewReaderMethods = typeof methods;

serveThread(methods);
