import { z } from 'zod';
import { Moment } from '../../platform/http/moment.js';
import { exampleEvent, RecordedEvent } from '../streams.schemas.js';

const names = (pattern: RegExp, message: string) =>
  z
    .string()
    .max(1000)
    .transform((list) => list.split(','))
    .pipe(z.array(z.string().regex(pattern, message)).max(50));

const RecordFilter = z.strictObject({
  type: names(/^[A-Z][A-Za-z]{0,99}$/, 'Must be types of events, separated by commas')
    .exactOptional()
    .describe('Only events of these types, separated by commas: `MessageFailed,SessionFailed`.'),
  category: names(/^[a-z]{1,50}$/, 'Must be categories of streams, separated by commas')
    .exactOptional()
    .describe('Only events of streams of these categories, separated by commas: `message,session`.'),
  userId: z.uuid().exactOptional().describe('Only events that name this user as their owner.'),
  from: Moment.exactOptional().describe('Recorded at or after this time.'),
  to: Moment.exactOptional().describe('Recorded before this time.'),
});

const after = z.coerce
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .default(0)
  .describe('Begins after this position: `next` or `position` of an earlier answer, or that of an event.');

export const ExportFilter = RecordFilter.extend({ after });

export const PageFilter = RecordFilter.extend({
  after,
  limit: z.coerce.number().int().min(1).max(100).default(25).describe('Maximum number of events.'),
});

export const RecordPage = z
  .object({
    data: z.array(RecordedEvent),
    next: z.string().nullable().describe('The `after` of the next page; null at the end of the record.'),
    position: z
      .int()
      .describe(
        'Everything up to here was looked at. At the end of the record, it is the `after` of what comes later.',
      ),
  })
  .meta({ id: 'RecordPage', examples: [{ data: [exampleEvent], next: null, position: 42 }] });
