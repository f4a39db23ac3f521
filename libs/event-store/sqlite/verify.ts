import type { Database } from '#lib/sqlite';
import type { Damage } from '../port.js';
import { columns, isIntact, type EventRow } from './row.js';

/** One step of a check: what it found, and where the next one starts (undefined at the end). */
export type VerifyStep<EventLocation> = {
  readonly seen: number;
  readonly problems: readonly Damage[];
  readonly next?: EventLocation;
};

type Checked = readonly [...EventRow, indexedPosition: number | null, byId: number, byKind: number];
const pageSize = 4000;

/** Checks the events after a position, up to an indexed one: checksums, gaps, and their entries in the index tables. */
export const verifyEvents = (db: Database, { after, upTo }: { after: number; upTo: number }): VerifyStep<number> => {
  const rows = db.prepare<unknown[], Checked>(eventsSql).raw().all(after, upTo, pageSize);
  const problems: Damage[] = [];
  let expected = after + 1;
  for (const row of rows) {
    const position = row[0];
    if (position !== expected) problems.push(gap(expected, position - 1));
    expected = position + 1;
    problems.push(...problemsOf(row).map((problem) => ({ position, problem })));
  }
  const isLast = rows.length < pageSize;
  if (isLast && expected <= upTo) problems.push(gap(expected, upTo));
  return { seen: rows.length, problems, ...(!isLast && { next: expected - 1 }) };
};

const eventsSql = `
  SELECT ${columns
    .split(', ')
    .map((column) => `e.${column}`)
    .join(', ')}, by_stream.position,
    EXISTS (SELECT 1 FROM by_id WHERE stream = s.id AND id = unhex(e.id, '-') AND revision = e.revision),
    EXISTS (SELECT 1 FROM kinds k CROSS JOIN by_kind ON by_kind.kind = k.id AND by_kind.position = e.position
      WHERE k.type = e.type
        AND k.category = CASE instr(e.stream, '-') WHEN 0 THEN e.stream ELSE substr(e.stream, 1, instr(e.stream, '-') - 1) END)
  FROM (SELECT * FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?) AS e
  LEFT JOIN streams s ON s.name = e.stream
  LEFT JOIN by_stream ON by_stream.stream = s.id AND by_stream.revision = e.revision
  ORDER BY e.position`;

const problemsOf = ([...row]: Checked): readonly string[] => {
  const [position, indexedPosition, byId, byKind] = [row[0], row[9], row[10], row[11]];
  const event = row.slice(0, 9) as unknown as EventRow;
  return [
    ...(isIntact(event) ? [] : ['its checksum does not match']),
    ...(indexedPosition === position ? [] : ['the index of streams does not point to it']),
    ...(byId ? [] : ['the index of ids does not point to it']),
    ...(byKind ? [] : ['the index of types does not point to it']),
  ];
};

const gap = (first: number, last: number): Damage => ({
  position: first,
  problem: first === last ? 'it is missing' : `events ${first} to ${last} are missing`,
});

/** An entry of the index of streams. */
export type StreamCursor = { readonly stream: number; readonly revision: number; readonly position: number };
export const startOfStreams: StreamCursor = { stream: 0, revision: -1, position: 0 };
const streamPageSize = 20_000;

/** Checks that revisions have no gaps, and that positions grow with them. */
export const verifyStreams = (db: Database, after: StreamCursor): VerifyStep<StreamCursor> => {
  const entries = db
    .prepare<unknown[], StreamCursor>(
      `SELECT stream, revision, position FROM by_stream WHERE (stream, revision) > (?, ?) ORDER BY stream, revision LIMIT ?`,
    )
    .all(after.stream, after.revision, streamPageSize);
  const problems: Damage[] = [];
  let last = after;
  for (const entry of entries) {
    const before = entry.stream === last.stream ? last : { revision: -1, position: 0 };
    if (entry.revision !== before.revision + 1) {
      const problem = `it has revision ${entry.revision} in its stream, after ${before.revision}`;
      problems.push({ position: entry.position, problem });
    }
    if (entry.position <= before.position) {
      problems.push({ position: entry.position, problem: 'its position is not after that of the revision before it' });
    }
    last = entry;
  }
  return { seen: entries.length, problems, ...(entries.length === streamPageSize && { next: last }) };
};

/** Lets SQLite check the structure of the file, and counts the entries of the index tables. */
export const verifyFile = (db: Database): VerifyStep<never> => {
  const answers = db.pragma('quick_check(20)') as readonly { readonly quick_check: string }[];
  const problems = answers.map((answer) => answer.quick_check).filter((answer) => answer !== 'ok');
  const counts = db
    .prepare<[], Record<string, number>>(
      `SELECT up_to AS indexed, (SELECT count(*) FROM by_stream) AS streams, (SELECT count(*) FROM by_id) AS ids,
         (SELECT count(*) FROM by_kind) AS types FROM indexed`,
    )
    .get();
  for (const index of ['streams', 'ids', 'types']) {
    if (counts?.[index] !== counts?.['indexed']) problems.push(`the index of ${index} has a wrong number of entries`);
  }
  return { seen: 0, problems: problems.map((problem) => ({ position: 0, problem })) };
};
