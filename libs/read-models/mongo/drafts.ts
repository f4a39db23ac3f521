import type { AnyCollection } from '../collection.js';
import { goneWith, ownersIn } from '../owners.js';
import type { EventWrites } from '../port.js';
import { applyWrite, type Fields, type Write } from '../write.js';
import { type DocumentRow, type GoneId, goneIdOf, keyOf, type Row, toFields, toRow } from './rows.js';
import { checkField } from '../checks.js';

/** How many retried events a document remembers. */
const maxLate = 100;

/** A document before and after a batch. */
type Draft = {
  readonly before: DocumentRow | undefined;
  readonly docBefore: Fields | undefined;
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
 * The statements for the changes: each document is changed in memory, and written once if it has changed. What an earlier attempt has
 * written is skipped: a document knows the position that wrote it last. A document that somebody else has written meanwhile is a duplicate
 * key.
 */
export const statementsOf = (
  collection: AnyCollection,
  changes: readonly EventWrites[],
  handled: number,
  found: ReadonlyMap<string | number, Row>,
): Statements => {
  const drafts = new Map<string, Draft>();
  for (const id of idsIn(changes)) drafts.set(id, draftOf(found.get(id) as DocumentRow | undefined));
  const sweeps: object[] = [];
  const gone = new Map<string | number, GoneId>();
  for (const { position, writes } of changes) {
    const isLate = position <= handled;
    for (const write of writes) {
      const targets = write.op === 'removeAll' ? drafts.values() : [drafts.get(write.id) as Draft];
      for (const draft of targets) apply(draft, write, position, isLate);
      if (write.op === 'removeAll')
        sweeps.push(sweep(write.field, write.value, isLate ? undefined : position, [...drafts.keys()]));
      const owner = goneWith(collection, write);
      if (owner) gone.set(keyOf(goneIdOf(owner)), goneIdOf(owner));
    }
  }
  for (const draft of drafts.values()) {
    const owners = draft.doc && ownersIn(collection, draft.doc).map((owner) => keyOf(goneIdOf(owner)));
    if (owners?.some((key) => gone.has(key) || found.has(key))) draft.doc = undefined;
  }
  const changed = [...drafts].filter(([, { doc, docBefore }]) => doc !== docBefore);
  const row = (id: string, { doc, at, late }: Draft) => toRow(collection, id, doc as Fields, { at, late });
  return {
    deletes: [
      ...[...gone.values()].map((_id) => guarded({ _id }, {})),
      ...sweeps,
      ...changed.flatMap(([_id, { before, doc }]) =>
        before && !doc ? [{ deleteOne: { filter: { _id, _at: before._at } } }] : [],
      ),
    ],
    inserts: changed.flatMap(([id, draft]) =>
      draft.doc && !draft.before ? [{ insertOne: { document: row(id, draft) } }] : [],
    ),
    updates: changed.flatMap(([_id, draft]) =>
      draft.doc && draft.before ? [guarded({ _id, _at: draft.before._at }, row(_id, draft))] : [],
    ),
  };
};

/** Replaces the row that a filter matches. Where the rest of the filter fails, the same `_id` is inserted, which is an error. */
export const guarded = (filter: object, replacement: object): object => ({
  replaceOne: { filter, replacement, upsert: true },
});

const draftOf = (before: DocumentRow | undefined): Draft => {
  const doc = before && toFields(before);
  return { before, docBefore: doc, doc, at: before?._at ?? 0, late: before?._late ?? [] };
};

const apply = (draft: Draft, write: EventWrites['writes'][number], position: number, isLate: boolean): void => {
  const { before } = draft;
  const isDone = before && (isLate ? before._late?.includes(position) : position <= before._at);
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
