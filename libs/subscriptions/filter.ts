import type { EventTypes } from '#lib/event-sourcing';
import type { EventFilter } from '#lib/event-store';

/** Selects the events that `on` has a handler for, in the categories of `from`. */
export const filterFor = (from: readonly EventTypes[], on: object): EventFilter => ({
  categories: [...new Set(from.map(({ category }) => category))],
  types: Object.keys(on),
});
