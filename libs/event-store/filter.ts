import { categoryOf, type EventFilter } from './port.js';

type Kind = { readonly category: string; readonly type: string };

type Sets = { readonly categories: ReadonlySet<string> | undefined; readonly types: ReadonlySet<string> | undefined };

/** Readers ask with the same filter for every page. */
const known = new WeakMap<EventFilter, Sets>();

const setsOf = (filter: EventFilter): Sets => {
  const { categories, types } = filter;
  const sets = known.get(filter) ?? { categories: categories && new Set(categories), types: types && new Set(types) };
  known.set(filter, sets);
  return sets;
};

/** Whether a filter matches events of a category and type. */
export const matchesKind = (filter: EventFilter): ((kind: Kind) => boolean) => {
  const { categories, types } = setsOf(filter);
  return ({ category, type }) => (!types || types.has(type)) && (!categories || categories.has(category));
};

/** Whether a filter matches an event. The category is made of the name of the stream only for events of a type that matches: few do. */
export const matchesEvent = (filter: EventFilter): ((event: { stream: string; type: string }) => boolean) => {
  const { categories, types } = setsOf(filter);
  return ({ stream, type }) => (!types || types.has(type)) && (!categories || categories.has(categoryOf(stream)));
};

/** Whether a filter matches no event at all. */
export const matchesNothing = ({ categories, types }: EventFilter): boolean =>
  categories?.length === 0 || types?.length === 0;
