import type { Database, Statement } from '#lib/sqlite';
import { checkField } from '../checks.js';
import { joinedAnew, takenOverIds, unknownJoined, withOwn } from '../joined.js';
import { goneWith, ownersIn } from '../owners.js';
import { searchWordsOf } from '../words.js';
import { applyWrite, type Fields, type Write } from '../write.js';
import { type Cell, cellOf } from './cell.js';
import type { GoneOwners } from './gone-owners.js';
import { createIndexOf } from './indexes.js';
import { columnOf, fieldSql, type Table, withinTerm } from './table.js';

type DocumentRow = { readonly seq: number; readonly doc: string };

/** A document before and after a batch. */
type Draft = { readonly row: DocumentRow | undefined; readonly before: Fields | undefined; doc: Fields | undefined };

/** Writes the documents of a collection: each is read once, changed in memory, and written once if it has changed. */
export type Documents = { readonly write: (writes: Iterable<Write>) => void };

export const openDocuments = (db: Database, table: Table, gone: GoneOwners): Documents => {
  const select = db.prepare<[string], DocumentRow>(`SELECT seq, doc FROM ${table.docs} WHERE id = ?`);
  const insert = db.prepare<Cell[]>(insertSql(table));
  const remove = db.prepare<[number]>(`DELETE FROM ${table.docs} WHERE seq = ?`);
  const update = updates(db, table);
  const words = openWords(db, table);

  const draftOf = (id: string): Draft => {
    const row = select.get(id);
    const before = row && (JSON.parse(row.doc) as Fields);
    return { row, before, doc: before && withOwn(table.collection, before) };
  };

  /** Whether its owner, whom the document did not have before, is gone for good. */
  const isOfGone = (before: Fields | undefined, doc: Fields): boolean =>
    ownersIn(table.collection, doc).some((owner) => before?.[owner.field] !== owner.value && gone.has(owner));

  /** What must be known, too, to join these anew. */
  const unknownTo = (drafts: ReadonlyMap<string, Draft>, asked: Set<string>): readonly string[] => {
    const unknown = unknownJoined(table.collection, drafts);
    if (unknown.length > 0) return unknown;
    const takenOver = takenOverIds(table.collection, drafts).filter((id) => !asked.has(id));
    for (const id of takenOver) asked.add(id);
    return takenOver.flatMap(shownInThe).filter((id) => !drafts.has(id));
  };

  const shownInThe = (id: string): readonly string[] => {
    const field = table.collection.joined?.shownIn;
    if (field === undefined) return [];
    createIndexOf(db, table, field);
    const sql = `SELECT id FROM ${table.docs} WHERE ${fieldSql(table, field)} = ?`;
    return db.prepare<[string], string>(sql).pluck().all(id);
  };

  const join = (drafts: Map<string, Draft>): void => {
    const asked = new Set<string>();
    for (let ids = unknownTo(drafts, asked); ids.length > 0; ids = unknownTo(drafts, asked)) {
      for (const id of ids) drafts.set(id, draftOf(id));
    }
    for (const [id, doc] of joinedAnew(table.collection, drafts))
      drafts.set(id, { ...(drafts.get(id) ?? draftOf(id)), doc });
  };

  const save = (id: string, { row, before, doc }: Draft): void => {
    if (doc === before || (!row && !doc)) return;
    if (!row) {
      const { lastInsertRowid } = insert.run(
        id,
        ...table.fields.map((field) => cellOf(doc?.[field])),
        JSON.stringify(doc),
      );
      words?.put(Number(lastInsertRowid), undefined, doc);
    } else if (!doc) {
      remove.run(row.seq);
      words?.remove(row.seq);
    } else {
      update(row, before, doc);
      words?.put(row.seq, before, doc);
    }
  };

  const removeAll = (field: string, value: string): void => {
    checkField(field);
    createIndexOf(db, table, field);
    const where = `WHERE ${fieldSql(table, field)} = ?`;
    if (table.words)
      db.prepare(`DELETE FROM ${table.words} WHERE rowid IN (SELECT seq FROM ${table.docs} ${where})`).run(value);
    db.prepare(`DELETE FROM ${table.docs} ${where}`).run(value);
  };

  const write = (writes: Iterable<Write>): void => {
    const drafts = new Map<string, Draft>();
    const saveAll = (): void => {
      for (const draft of drafts.values()) {
        const { before, doc } = draft;
        if (doc && doc !== before && isOfGone(before, doc)) draft.doc = undefined;
      }
      join(drafts);
      for (const [id, draft] of drafts) save(id, draft);
      drafts.clear();
    };
    for (const write of writes) {
      if (write.op === 'removeAll') {
        saveAll();
        removeAll(write.field, write.value);
        const owner = goneWith(table.collection, write);
        if (owner) gone.add(owner);
        continue;
      }
      const draft = drafts.get(write.id) ?? draftOf(write.id);
      drafts.set(write.id, draft);
      draft.doc = applyWrite(draft.doc, write);
    }
    saveAll();
  };
  return { write };
};

const insertSql = ({ docs, fields }: Table): string => {
  const columns = ['id', ...fields.map(columnOf), 'doc'];
  return `INSERT INTO ${docs} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
};

/** Sets only the columns that have changed, so that SQLite does not touch the other indexes. */
const updates = (db: Database, { docs, fields }: Table) => {
  const statements = new Map<string, Statement<Cell[]>>();
  const statementFor = (changed: readonly string[]): Statement<Cell[]> => {
    const set = [...changed.map(columnOf), 'doc'].map((column) => `${column} = ?`).join(', ');
    const statement = statements.get(set) ?? db.prepare<Cell[]>(`UPDATE ${docs} SET ${set} WHERE seq = ?`);
    statements.set(set, statement);
    return statement;
  };
  return (row: DocumentRow, before: Fields | undefined, doc: Fields): void => {
    const text = JSON.stringify(doc);
    if (text === row.doc) return;
    const changed = fields.filter((field) => cellOf(doc[field]) !== cellOf(before?.[field]));
    statementFor(changed).run(...changed.map((field) => cellOf(doc[field])), text, row.seq);
  };
};

const openWords = (db: Database, table: Table) => {
  if (!table.words) return undefined;
  const replace = db.prepare<[number, string]>(`INSERT OR REPLACE INTO ${table.words} (rowid, words) VALUES (?, ?)`);
  const remove = db.prepare<[number]>(`DELETE FROM ${table.words} WHERE rowid = ?`);
  const changed = (before: Fields | undefined, doc: Fields | undefined) =>
    !before || wordFieldsOf(table).some((field) => before[field] !== doc?.[field]);
  return {
    put: (seq: number, before: Fields | undefined, doc: Fields | undefined): void => {
      if (changed(before, doc)) replace.run(seq, wordsRow(table, doc));
    },
    remove: (seq: number): void => void remove.run(seq),
  };
};

/** The words of a document's search fields, for the full-text index. */
export const wordsRow = ({ collection }: Table, doc: Fields | undefined): string => {
  const texts = (collection.search ?? []).map((field) => doc?.[field]).filter((value) => typeof value === 'string');
  const within = collection.searchWithin === undefined ? undefined : doc?.[collection.searchWithin];
  const terms = typeof within === 'string' ? [withinTerm(within)] : [];
  return [...terms, ...searchWordsOf(texts.join(' '))].join(' ');
};

const wordFieldsOf = ({ collection: { search = [], searchWithin } }: Table): readonly string[] =>
  searchWithin === undefined ? search : [...search, searchWithin];
