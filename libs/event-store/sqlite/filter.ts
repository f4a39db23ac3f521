import { categoryOf, type EventFilter } from '../port.js';

type Kind = { readonly category: string; readonly type: string };

/** Whether a filter keeps events of that kind. */
export const keeps = (filter: EventFilter): ((kind: Kind) => boolean) => {
  const categories = filter.categories && new Set(filter.categories);
  const types = filter.types && new Set(filter.types);
  return ({ category, type }) => (!categories || categories.has(category)) && (!types || types.has(type));
};

/** Whether a filter keeps an event. */
export const keepsEvent = (filter: EventFilter): ((event: { stream: string; type: string }) => boolean) => {
  const kept = keeps(filter);
  return ({ stream, type }) => kept({ category: categoryOf(stream), type });
};
