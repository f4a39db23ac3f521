import type { EventTypes } from '#lib/event-sourcing';
import type { EventFilter } from '#lib/event-store';

/** Reads only the categories that can hold an event that is handled, and of those only the types that are. */
export const filterFor = (from: readonly EventTypes[], on: object): EventFilter => ({
  categories: [...new Set(from.map(({ category }) => category))],
  types: Object.keys(on),
});
