import type { Json } from '#lib/json';
import type { AnyCollection } from './collection.js';
import { rootOf } from './root-of.js';
import type { Fields } from './write.js';

/** How a field of the document that is shown is made of those that are joined. */
type Combined<Field extends string = string> =
  | { readonly sum: Field }
  /** Its own value, else that of the first of the others, by id, that has one. */
  | { readonly first: Field }
  /** The value of the one with the greatest number in the field `by`. */
  | { readonly newest: Field; readonly by: Field };

/**
 * Documents that are shown as one. Each may lead to another: all that lead to the same one in the end are shown as that one (in a circle: as
 * the one with the smallest id). Projections write `leadsBy` and the fields that are combined; with each batch, the store makes the other
 * fields that are named here from them, in whatever order the documents came and were joined, and however they are joined anew. Those that
 * have nothing to combine are left out. What a document leads to must be there by the same event, and is removed only by a `removeAll`
 * that removes all that are joined.
 *
 * Where the view was filled before its definition had this, what a document shows is taken for its own, and `shownIn` for what it leads to,
 * once it is written: so nothing is lost until the view is rebuilt.
 */
export type Joined<Field extends string = string> = {
  /** The id of the document that this one leads to; null or absent where it leads nowhere. */
  readonly leadsBy: Field;
  /** In a document that is not shown by itself, the id of the one that is shown. */
  readonly shownIn: Field;
  /** In the one that is shown, the ids of the others, in order; absent where there are none. */
  readonly others: Field;
  /** Only the document that is shown has these. */
  readonly combined: { readonly [field in Field]?: Combined<Field> };
};

/** A document before and after writes. */
type Versions = { readonly before: Fields | undefined; readonly doc: Fields | undefined };
type Documents = ReadonlyMap<string, Versions>;

/** The document with fields of its own, where it was written before the definition had `joined`; else the same one. */
export const withOwn = ({ joined }: AnyCollection, doc: Fields): Fields => {
  if (!joined) return doc;
  const { leadsBy, shownIn, others, combined } = joined;
  const all = Object.entries(combined).flatMap(([field, each]) => (each ? [{ field, each }] : []));
  const written = [leadsBy, others, ...all.flatMap(({ each }) => sourcesOf(each))];
  if (written.some((field) => field in doc)) return doc;
  const shown = [
    [leadsBy, doc[shownIn]] as const,
    ...all.map(({ field, each }) => [sourceOf(each), doc[field]] as const),
  ];
  const own = shown.filter((field): field is [string, Json] => (field[1] ?? null) !== null);
  return own.length === 0 ? doc : { ...doc, ...Object.fromEntries(own) };
};

const sourceOf = (combined: Combined): string => {
  if ('sum' in combined) return combined.sum;
  return 'first' in combined ? combined.first : combined.newest;
};

const sourcesOf = (combined: Combined): readonly string[] =>
  'by' in combined ? [combined.newest, combined.by] : [sourceOf(combined)];

/** Those that were written before the definition had `joined`: they do not name the others, which must be looked for by what they lead to. */
export const takenOverIds = (collection: AnyCollection, docs: Documents): readonly string[] =>
  [...docs].flatMap(([id, { before }]) => (before && withOwn(collection, before) !== before ? [id] : []));

const namedBy = ({ leadsBy, shownIn, others }: Joined, { before, doc }: Versions): readonly string[] =>
  [before?.[shownIn], before?.[others], before?.[leadsBy], doc?.[leadsBy]]
    .flat()
    .filter((id) => typeof id === 'string');

/** The ids of the documents that must be known, too, to join these anew. To be asked until there are none: those may name others. */
export const unknownJoined = ({ joined }: AnyCollection, docs: Documents): readonly string[] => {
  if (!joined) return [];
  const named = [...docs.values()].flatMap((versions) => namedBy(joined, versions));
  return [...new Set(named)].filter((id) => !docs.has(id));
};

/** Those of the documents that are joined, or were. */
export const joinedIds = (joined: Joined, docs: Documents): readonly string[] => {
  const ids = [...docs].flatMap(([id, versions]) => {
    const named = namedBy(joined, versions);
    return named.length > 0 ? [id, ...named] : [];
  });
  return [...new Set(ids)];
};

/** Those of the documents that change because of how they are joined now. All that `unknownJoined` asks for must be among them. */
export const joinedAnew = ({ joined }: AnyCollection, docs: Documents): ReadonlyMap<string, Fields> => {
  const changed = new Map<string, Fields>();
  if (!joined) return changed;
  const present = new Map([...docs].flatMap(([id, { doc }]) => (doc ? [[id, doc]] : [])));
  const leads = leadsIn(joined, present);
  const others = new Map<string, string[]>();
  for (const id of [...leads.keys()].sort()) {
    const root = rootOf(id, leads);
    if (root !== id && hasAny(joined, present.get(id))) others.set(root, [...(others.get(root) ?? []), id]);
  }
  for (const [id, doc] of present) {
    const root = rootOf(id, leads);
    const next = withDerived(joined, doc, derivedOf(joined, { id, doc, root }, others.get(id) ?? [], present));
    if (next !== doc) changed.set(id, next);
  }
  return changed;
};

const leadsIn = ({ leadsBy }: Joined, present: ReadonlyMap<string, Fields>): ReadonlyMap<string, string> => {
  const leads = new Map<string, string>();
  for (const [id, { [leadsBy]: lead }] of present) {
    if (typeof lead === 'string' && present.has(lead)) leads.set(id, lead);
  }
  return leads;
};

const hasAny = ({ combined }: Joined, doc: Fields | undefined): boolean =>
  doc !== undefined &&
  Object.values(combined).some((each) => {
    if (!each) return false;
    if ('sum' in each) return numberAt(doc, each.sum) !== 0;
    return 'first' in each ? (doc[each.first] ?? null) !== null : typeof doc[each.by] === 'number';
  });

type Placed = { readonly id: string; readonly doc: Fields; readonly root: string };

const derivedOf = (
  joined: Joined,
  { id, doc, root }: Placed,
  others: readonly string[],
  present: ReadonlyMap<string, Fields>,
): Fields => {
  if (root !== id) return hasAny(joined, doc) ? { [joined.shownIn]: root } : {};
  const all = [doc, ...others.map((other) => present.get(other) ?? {})];
  const derived: { [field: string]: Json } = others.length > 0 ? { [joined.others]: others } : {};
  for (const [field, each] of Object.entries(joined.combined)) {
    const value = each && combinedOf(each, all);
    if (value !== undefined && value !== null) derived[field] = value;
  }
  return derived;
};

const combinedOf = (combined: Combined, all: readonly Fields[]): Json | undefined => {
  if ('sum' in combined) return all.reduce((sum, doc) => sum + numberAt(doc, combined.sum), 0);
  if ('first' in combined) return all.map((doc) => doc[combined.first]).find((value) => (value ?? null) !== null);
  const { newest, by } = combined;
  const [dated] = all.filter((doc) => typeof doc[by] === 'number').sort((a, b) => numberAt(b, by) - numberAt(a, by));
  return dated?.[newest];
};

const numberAt = (doc: Fields, field: string): number => {
  const value = doc[field];
  return typeof value === 'number' ? value : 0;
};

/** The same document where nothing changes. */
const withDerived = ({ shownIn, others, combined }: Joined, doc: Fields, derived: Fields): Fields => {
  const names = [shownIn, others, ...Object.keys(combined)];
  if (names.every((name) => JSON.stringify(doc[name]) === JSON.stringify(derived[name]))) return doc;
  const next: { [field: string]: Json } = { ...doc, ...derived };
  for (const name of names) if (!(name in derived)) delete next[name];
  return next;
};
