import { z } from 'zod';
import { cursorPattern } from '../reading/cursor.js';

const maxPatterns = 50;
const pattern = /^(?:\*|[a-z]+\.(?:\*|[a-z_]+))$/;

const Types = z
  .string()
  .max(2000)
  .transform((text) => text.split(','))
  .refine((types) => types.length <= maxPatterns, `Must be ${maxPatterns} at the most`)
  .refine((types) => types.every((type) => pattern.test(type)), 'Must be types such as message.sent, or message.*')
  .describe('Comma-separated types, or groups of types such as `message.*`. Default: all.');

export const CursorText = z
  .string()
  .regex(cursorPattern, 'Must be the id of an event of this stream')
  .describe('The `id` of the last event that you have: you get what came after it, however long ago that was.');

const filter = {
  types: Types.exactOptional(),
  sessionId: z.uuid().exactOptional(),
  chat: z.string().min(1).max(100).exactOptional().describe('A phone number, or the `chat` or `chatId` of a message.'),
  after: CursorText.exactOptional(),
};

export const EventsFilter = z.strictObject({
  ...filter,
  ticket: z.string().max(100).exactOptional().describe('From `POST /v1/events/ticket`, instead of the API key.'),
});
export type EventsFilter = z.output<typeof EventsFilter>;

export const AllEventsFilter = z.strictObject({ ...filter, userId: z.uuid().exactOptional() });

export const EventTicket = z.object({ ticket: z.string(), expiresAt: z.iso.datetime() }).meta({
  id: 'EventTicket',
  examples: [{ ticket: 'wt_bm90IGEgcmVhbCB0aWNrZXQsIGp1c3QgYW4gZXhhbXBsZSE', expiresAt: '2026-11-29T10:00:30.000Z' }],
});
