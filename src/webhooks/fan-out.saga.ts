import type { EventTypes, PageSaga } from '#lib/event-sourcing';
import type { FanOut } from './delivery.commands.js';

/** What users are told of goes to their webhooks, in the order of the log: events of these types, in these streams. */
export const fanOutSaga = (from: readonly EventTypes[], types: readonly string[]): PageSaga => ({
  name: 'webhook-fan-out',
  // What happened before the first webhook was registered is wanted by none.
  startFrom: 'now',
  from,
  types,
  onPage: (events) => [{ type: 'FanOut', data: { events } } satisfies FanOut],
});
