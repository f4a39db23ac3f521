import { categoryOf, type EventFilter } from './port.js';

type Kind = { readonly category: string; readonly type: string };

/** Whether a filter matches events of a category and type. */
export const matchesKind = (filter: EventFilter): ((kind: Kind) => boolean) => {
  const categories = filter.categories && new Set(filter.categories);
  const types = filter.types && new Set(filter.types);
  return ({ category, type }) => (!categories || categories.has(category)) && (!types || types.has(type));
};

/** Whether a filter matches an event. */
export const matchesEvent = (filter: EventFilter): ((event: { stream: string; type: string }) => boolean) => {
  const matches = matchesKind(filter);
  return ({ stream, type }) => matches({ category: categoryOf(stream), type });
};

/** Whether a filter matches no event at all. */
export const matchesNothing = ({ categories, types }: EventFilter): boolean =>
  categories?.length === 0 || types?.length === 0;
