import type { AnyCollection } from '../collection.js';
import { joinedIds, takenOverIds, unknownJoined } from '../joined.js';
import type { EventWrites } from '../port.js';
import { type Draft, draftsOf, idsIn } from './drafts.js';
import { keyOf, type Row } from './rows.js';

/** Reads rows with these ids, or documents with these texts in a field. */
export type ReadRows = {
  readonly byIds: (ids: readonly string[]) => Promise<readonly Row[]>;
  readonly byField: (field: string, values: readonly string[]) => Promise<readonly Row[]>;
  /** Every batch is stored as a whole, or not at all. */
  readonly areWhole: boolean;
};

/**
 * The documents that the changes write, and all that are joined with them, or were. Where an earlier attempt may have ended between two
 * documents, those that are shown do not yet name all others.
 */
export const joinedDrafts = async (
  collection: AnyCollection,
  changes: readonly EventWrites[],
  handled: number,
  { found, rows }: { readonly found: ReadonlyMap<string | number, Row>; readonly rows: ReadRows },
): Promise<ReadonlyMap<string, Draft>> => {
  const all = new Map(found);
  const ids = new Set(idsIn(changes));
  const asked = new Set<string>();
  for (;;) {
    const drafts = draftsOf(collection, changes, handled, { ids: [...ids], found: all });
    const unknown = unknownJoined(collection, drafts);
    for (const id of unknown) ids.add(id);
    const more = [...(unknown.length > 0 ? await rows.byIds(unknown) : [])];
    const { joined } = collection;
    if (joined && unknown.length === 0) {
      const unnamed = [...takenOverIds(collection, drafts), ...(rows.areWhole ? [] : joinedIds(joined, drafts))];
      const shown = [...new Set(unnamed)].filter((id) => !asked.has(id));
      for (const id of shown) asked.add(id);
      if (shown.length > 0) more.push(...(await rows.byField(joined.shownIn, shown)));
    }
    const isKnown = more.every(({ _id }) => typeof _id !== 'string' || ids.has(_id));
    for (const row of more) {
      if (typeof row._id === 'string') ids.add(row._id);
      if (!all.has(keyOf(row._id))) all.set(keyOf(row._id), row);
    }
    if (unknown.length === 0 && isKnown) return drafts;
  }
};
