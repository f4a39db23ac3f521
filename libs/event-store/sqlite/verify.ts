import type { Database } from '#lib/sqlite';
import { columns, isIntact, type Row } from './row.js';

/** Something that is not as it should be; position 0 stands for the file as a whole. */
export type Problem = { readonly position: number; readonly problem: string };

/** One step of a walk: what it found, and where the next one begins (undefined at the end). */
export type Step<Place> = { readonly seen: number; readonly problems: readonly Problem[]; readonly next?: Place };

type Checked = readonly [...Row, filed: number | null, byId: number, byKind: number];
const pageSize = 4000;

/** Checks the events after a position, up to another that is indexed: checksums, holes, and the index tables' idea of each. */
export const verifyEvents = (db: Database, { after, upTo }: { after: number; upTo: number }): Step<number> => {
  const rows = db.prepare<unknown[], Checked>(eventsSql).raw().all(after, upTo, pageSize);
  const problems: Problem[] = [];
  let expected = after + 1;
  for (const row of rows) {
    const position = row[0];
    if (position !== expected) problems.push(hole(expected, position - 1));
    expected = position + 1;
    problems.push(...problemsOf(row).map((problem) => ({ position, problem })));
  }
  const isLast = rows.length < pageSize;
  if (isLast && expected <= upTo) problems.push(hole(expected, upTo));
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
  const [position, filed, byId, byKind] = [row[0], row[9], row[10], row[11]];
  const event = row.slice(0, 9) as unknown as Row;
  return [
    ...(isIntact(event) ? [] : ['its checksum does not fit']),
    ...(filed === position ? [] : ['the index of streams does not lead to it']),
    ...(byId ? [] : ['the index of ids does not lead to it']),
    ...(byKind ? [] : ['the index of types does not lead to it']),
  ];
};

const hole = (first: number, last: number): Problem => ({
  position: first,
  problem: first === last ? 'it is missing' : `it and all up to ${last} are missing`,
});

/** A place in the index of streams. */
export type StreamPlace = { readonly stream: number; readonly revision: number; readonly position: number };
export const beforeStreams: StreamPlace = { stream: 0, revision: -1, position: 0 };
const streamPageSize = 20_000;

/** Checks that revisions follow each other without holes, and that positions grow with them. */
export const verifyStreams = (db: Database, after: StreamPlace): Step<StreamPlace> => {
  const places = db
    .prepare<unknown[], StreamPlace>(
      `SELECT stream, revision, position FROM by_stream WHERE (stream, revision) > (?, ?) ORDER BY stream, revision LIMIT ?`,
    )
    .all(after.stream, after.revision, streamPageSize);
  const problems: Problem[] = [];
  let last = after;
  for (const place of places) {
    const before = place.stream === last.stream ? last : { revision: -1, position: 0 };
    if (place.revision !== before.revision + 1) {
      const problem = `it has revision ${place.revision} in its stream, after ${before.revision}`;
      problems.push({ position: place.position, problem });
    }
    if (place.position <= before.position) {
      problems.push({ position: place.position, problem: 'it stands before the revision before it' });
    }
    last = place;
  }
  return { seen: places.length, problems, ...(places.length === streamPageSize && { next: last }) };
};

/** Lets the database check the structure of its file, and counts what the index tables hold. */
export const verifyFile = (db: Database): Step<never> => {
  const answers = db.pragma('quick_check(20)') as readonly { readonly quick_check: string }[];
  const problems = answers.map((answer) => answer.quick_check).filter((answer) => answer !== 'ok');
  const counts = db
    .prepare<[], Record<string, number>>(
      `SELECT up_to AS indexed, (SELECT count(*) FROM by_stream) AS streams, (SELECT count(*) FROM by_id) AS ids,
         (SELECT count(*) FROM by_kind) AS types FROM indexed`,
    )
    .get();
  for (const index of ['streams', 'ids', 'types']) {
    if (counts?.[index] !== counts?.['indexed']) problems.push(`the index of ${index} has entries for no event`);
  }
  return { seen: 0, problems: problems.map((problem) => ({ position: 0, problem })) };
};
