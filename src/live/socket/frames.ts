import { z } from 'zod';
import { CursorText, EventsFilter } from '../http/events.schemas.js';

const { types: _types, ticket: _ticket, ...filter } = EventsFilter.shape;

const Types = z.array(z.string().max(100)).min(1).max(50);

/** What clients send. */
export const Frame = z.union([
  z.strictObject({
    auth: z.union([z.strictObject({ apiKey: z.string().max(200) }), z.strictObject({ ticket: z.string().max(100) })]),
  }),
  z.strictObject({
    subscribe: z.strictObject({ ...filter, types: Types.exactOptional(), after: CursorText.exactOptional() }),
  }),
  z.strictObject({ ping: z.unknown() }),
]);
export type Frame = z.output<typeof Frame>;
