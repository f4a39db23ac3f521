import { z } from 'zod';
import { Paging, pageOf } from '../platform/http/paging.js';

export const exampleEvent = {
  id: '0199a3c4-1f00-7000-8000-000000000009',
  stream: 'user-0199a3c4-1f00-7000-8000-000000000001',
  revision: 0,
  position: 42,
  type: 'UserDeactivated',
  recordedAt: '2026-11-23T10:00:00.000Z',
  data: { userId: '0199a3c4-1f00-7000-8000-000000000001', deactivatedAt: '2026-11-23T10:00:00.000Z' },
  metadata: {
    correlationId: 'req-1',
    causationId: 'req-1',
    actor: { kind: 'admin', id: '0199a3c4-1f00-7000-8000-000000000002' },
    schemaVersion: 1,
  },
} as const;

export const RecordedEvent = z
  .object({
    id: z.uuid(),
    stream: z.string(),
    revision: z.int().describe('Position in its stream, from 0.'),
    position: z.int().describe('Position among all events, from 1.'),
    type: z.string(),
    recordedAt: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()),
    metadata: z.object({
      correlationId: z.string().describe('The same for everything that one request led to.'),
      causationId: z.string().describe('The request, command or event that caused this one.'),
      actor: z.object({ kind: z.enum(['user', 'key', 'admin', 'system']), id: z.string() }),
      schemaVersion: z.int(),
    }),
  })
  .meta({ id: 'RecordedEvent', examples: [exampleEvent] });

export const RecordedEvents = pageOf(RecordedEvent, 'RecordedEvents', exampleEvent);

export const ByStream = z.strictObject({
  stream: z
    .string()
    .regex(/^[a-z]+-[\w.:@-]{1,200}$/, 'A stream is named <category>-<id>')
    .describe('Such as `message-<id of the message>`.'),
});

/** Streams are read in the order in which they were written. */
export const StreamPaging = Paging.extend({
  cursor: z.coerce.number().int().min(0).optional().describe('`next` of the page before: a revision.'),
});
