import type { AnyCollection } from '../collection.js';
import { joinedAnew, withOwn } from '../joined.js';
import { goneWith, ownersIn } from '../owners.js';
import type { EventWrites } from '../port.js';
import { applyWrite, type Fields, type Write } from '../write.js';
import { type DocumentRow, type GoneId, goneIdOf, keyOf, type Row, toFields, toRow } from './rows.js';
import { checkField } from '../checks.js';

/** How many retried events a document remembers. */
const maxLate = 100;

/** A document before and after a batch. */
export type Draft = {
  readonly row: DocumentRow | undefined;
  readonly before: Fields | undefined;
  doc: Fields | undefined;
  at: number;
  late: readonly number[];
};

/** Statements of a bulk write, in the order in which they must be made. */
export type Statements = {
  readonly deletes: readonly object[];
  readonly inserts: readonly object[];
  readonly updates: readonly object[];
};

/** The documents that a batch writes one by one. */
export const idsIn = (changes: readonly EventWrites[]): readonly string[] => [
  ...new Set(changes.flatMap(({ writes }) => writes.flatMap((write) => (write.op === 'removeAll' ? [] : [write.id])))),
];

/** The owners whom a batch writes documents of: those who are gone for good have a row with that id. */
export const goneIdsIn = (collection: AnyCollection, changes: readonly EventWrites[]): readonly GoneId[] => {
  const ids = changes.flatMap(({ writes }) =>
    writes.flatMap((write) => ownersIn(collection, fieldsOf(write)).map(goneIdOf)),
  );
  return [...new Map(ids.map((id) => [keyOf(id), id])).values()];
};

const fieldsOf = (write: Write): Fields => {
  if (write.op === 'put') return write.doc;
  return 'set' in write ? write.set : {};
};

/**
 * The documents with these ids as the changes leave them. What an earlier attempt has written is skipped: a document knows the position that
 * wrote it last.
 */
export const draftsOf = (
  collection: AnyCollection,
  changes: readonly EventWrites[],
  handled: number,
  { ids, found }: { readonly ids: readonly string[]; readonly found: ReadonlyMap<string | number, Row> },
): ReadonlyMap<string, Draft> => {
  const drafts = new Map(ids.map((id) => [id, draftOf(collection, found.get(id) as DocumentRow | undefined)]));
  for (const { position, writes } of changes) {
    for (const write of writes) {
      const targets = write.op === 'removeAll' ? drafts.values() : [drafts.get(write.id) as Draft];
      for (const draft of targets) apply(draft, write, position, position <= handled);
    }
  }
  const gone = new Set(goneWithThe(changes, collection).map(keyOf));
  for (const draft of drafts.values()) {
    const owners = draft.doc && ownersIn(collection, draft.doc).map((owner) => keyOf(goneIdOf(owner)));
    if (owners?.some((key) => gone.has(key) || found.has(key))) draft.doc = undefined;
  }
  return drafts;
};

const goneWithThe = (changes: readonly EventWrites[], collection: AnyCollection): readonly GoneId[] =>
  changes.flatMap(({ writes }) => writes.flatMap((write) => goneWith(collection, write) ?? []).map(goneIdOf));

/**
 * The statements for the changes: each document is changed in memory, and written once if it has changed. A document that somebody else has
 * written meanwhile is a duplicate key.
 */
export const statementsOf = (
  collection: AnyCollection,
  changes: readonly EventWrites[],
  handled: number,
  drafts: ReadonlyMap<string, Draft>,
): Statements => {
  join(collection, changes, handled, drafts);
  const sweeps = changes.flatMap(({ position, writes }) =>
    writes.flatMap((write) =>
      write.op === 'removeAll'
        ? sweep(write.field, write.value, position <= handled ? undefined : position, [...drafts.keys()])
        : [],
    ),
  );
  const gone = new Map(goneWithThe(changes, collection).map((id) => [keyOf(id), id]));
  const changed = [...drafts].filter(([, { doc, before }]) => doc !== before);
  const row = (id: string, { doc, at, late }: Draft) => toRow(collection, id, doc as Fields, { at, late });
  return {
    deletes: [
      ...[...gone.values()].map((_id) => guarded({ _id }, {})),
      ...sweeps,
      ...changed.flatMap(([_id, { row, doc }]) =>
        row && !doc ? [{ deleteOne: { filter: { _id, _at: row._at } } }] : [],
      ),
    ],
    inserts: changed.flatMap(([id, draft]) =>
      draft.doc && !draft.row ? [{ insertOne: { document: row(id, draft) } }] : [],
    ),
    updates: relinkedLast(collection, changed).flatMap(([_id, draft]) =>
      draft.doc && draft.row ? [guarded({ _id, _at: draft.row._at }, row(_id, draft))] : [],
    ),
  };
};

/** What changes only by that is written by the last event as well: all events of that document up to there are in the batch. */
const join = (
  collection: AnyCollection,
  changes: readonly EventWrites[],
  handled: number,
  drafts: ReadonlyMap<string, Draft>,
): void => {
  const last = changes.at(-1)?.position ?? 0;
  for (const [id, doc] of joinedAnew(collection, drafts)) {
    const draft = drafts.get(id) as Draft;
    draft.doc = doc;
    if (last > handled) draft.at = Math.max(draft.at, last);
  }
};

/**
 * Without transactions, an attempt may end between two updates. The next one finds what is joined, or was, by the documents that lead
 * elsewhere now: so these are written last.
 */
const relinkedLast = (
  { joined }: AnyCollection,
  changed: readonly (readonly [string, Draft])[],
): readonly (readonly [string, Draft])[] => {
  if (!joined) return changed;
  const isRelinked = ({ before, doc }: Draft): number => Number(before?.[joined.leadsBy] !== doc?.[joined.leadsBy]);
  return [...changed].sort(([, one], [, other]) => isRelinked(one) - isRelinked(other));
};

/** Replaces the row that a filter matches. Where the rest of the filter fails, the same `_id` is inserted, which is an error. */
export const guarded = (filter: object, replacement: object): object => ({
  replaceOne: { filter, replacement, upsert: true },
});

const draftOf = (collection: AnyCollection, row: DocumentRow | undefined): Draft => {
  const before = row && toFields(row);
  return { row, before, doc: before && withOwn(collection, before), at: row?._at ?? 0, late: row?._late ?? [] };
};

const apply = (draft: Draft, write: EventWrites['writes'][number], position: number, isLate: boolean): void => {
  const { row } = draft;
  const isDone = row && (isLate ? row._late?.includes(position) : position <= row._at);
  if (isDone) return;
  const doc = applyWrite(draft.doc, write);
  if (doc === draft.doc) return;
  draft.doc = doc;
  draft.at = Math.max(draft.at, position);
  if (isLate && !draft.late.includes(position)) draft.late = [...draft.late, position].slice(-maxLate);
};

/** Removes the documents with a value that the batch does not write otherwise, unless an event after that has written them. */
const sweep = (field: string, value: string, before: number | undefined, others: readonly string[]): object => {
  checkField(field);
  const _id = { $gte: '', ...(others.length > 0 && { $nin: others }) };
  return {
    deleteMany: { filter: { [field]: value, _id, ...(before !== undefined && { _at: { $lt: before } }) } },
  };
};
