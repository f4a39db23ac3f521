import { afterAll, describe, expect, it } from '@jest/globals';
import { openWriter } from '#lib/sqlite';
import { collection } from '../collection.js';
import { encodeCursor } from '../cursor.js';
import type { Find } from '../port.js';
import { countSql, findSql, sumByDaySql } from './queries.js';
import { createNextIndex } from './indexes.js';
import { createTables } from './schema.js';
import { tableOf } from './table.js';
import type { Sql } from './where.js';

type Message = {
  readonly user: string;
  readonly status: string;
  readonly at: string;
  readonly size: number;
  readonly text: string;
};

const messages = collection<Message>({
  name: 'messages',
  version: 1,
  indexes: [['user', 'at'], ['user', 'status', 'at'], ['at']],
  search: ['text'],
});
const table = tableOf(messages, 'live');
const db = openWriter(':memory:', 'normal');
createTables(db, table);
while (createNextIndex(db, table));
afterAll(() => void db.close());

/** SQLite's query plan, without the random part of the names of indexes. */
const planOf = ({ sql, values }: Sql, ...more: readonly number[]): string =>
  db
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values, ...more)
    .map(({ detail }) => detail.replace(/INDEX [0-9a-f]{12} /, 'INDEX ').replace(`${table.docs.slice(1, -1)} `, ''))
    .join('; ');
const plansOf = (find: Omit<Find<Message>, 'limit'>): readonly string[] =>
  findSql(table, { ...find, limit: 10 }).map((statement) => planOf(statement, 11));

const newest = { field: 'at', order: 'desc' } as const;
const oldest = { field: 'at', order: 'asc' } as const;
const after = (find: Omit<Find<Message>, 'limit'>, value: string | null) => ({
  ...find,
  cursor: encodeCursor(messages, { ...find, limit: 10 }, { value, id: 'x' }),
});

describe('a declared index', () => {
  it.each<[string, Omit<Find<Message>, 'limit'>, string]>([
    ['the newest documents', {}, 'SCAN USING INDEX unique'],
    ['a filter and a sort', { where: { user: 'u' }, sort: newest }, 'SEARCH USING INDEX (user,at) (f_user=?)'],
    [
      'two filters and a sort',
      { where: { user: 'u', status: 's' }, sort: oldest },
      'SEARCH USING INDEX (user,status,at) (f_user=? AND f_status=?)',
    ],
    [
      'a range in its order',
      { where: { user: 'u', at: { gte: 'a', lt: 'b' } }, sort: newest },
      'SEARCH USING INDEX (user,at) (f_user=? AND f_at>? AND f_at<?)',
    ],
    ['absent fields', { where: { user: null }, sort: newest }, 'SEARCH USING INDEX (user,at) (f_user=?)'],
    ['a sort alone', { sort: oldest }, 'SCAN USING INDEX (at)'],
    [
      'the page after a document',
      after({ where: { user: 'u' }, sort: oldest }, 'b'),
      'SEARCH USING INDEX (user,at) (f_user=? AND (f_at,id)>(?,?))',
    ],
    ['the page after an id', after({}, null), 'SEARCH USING INDEX unique (id<?)'],
  ])('is read in order for %s', (_what, find, plan) => {
    expect(plansOf(find)).toEqual([plan]);
  });

  it('is searched for each of many numbers', () => {
    const at = { in: Array.from({ length: 100 }, (_, n) => n) } as const;
    expect(plansOf({ where: { user: 'u', status: 's', at }, sort: oldest })[0]).toMatch(
      /^SEARCH USING INDEX \(user,status,at\) \(f_user=\? AND f_status=\? AND f_at=\?\)/,
    );
  });

  it('is read twice if a page may contain documents without the sort field', () => {
    expect(plansOf(after({ where: { user: 'u' }, sort: newest }, 'b'))).toEqual([
      'SEARCH USING INDEX (user,at) (f_user=? AND (f_at,id)<(?,?))',
      'SEARCH USING INDEX (user,at) (f_user=? AND f_at=?)',
    ]);
    expect(plansOf(after({ where: { user: 'u' }, sort: oldest }, null))).toEqual([
      'SEARCH USING INDEX (user,at) (f_user=? AND f_at=? AND id>?)',
      'SEARCH USING INDEX (user,at) (f_user=? AND f_at>?)',
    ]);
  });

  it('is enough to count, and limits the sums by day to a range', () => {
    const where = { user: 'u', at: { gte: '2026-11-01' } };
    expect(planOf(countSql(table, where))).toBe(
      'SEARCH USING COVERING INDEX (user,at) (f_user=? AND f_at>? AND f_at<?)',
    );
    const sums = planOf(sumByDaySql<Message>(table, { where, day: 'at', sums: ['size'] }));
    expect(sums).toMatch(/^SEARCH USING INDEX \(user,at\) \(f_user=\? AND f_at>\? AND f_at<\?\)/);
  });
});
