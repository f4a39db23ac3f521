import { z } from 'zod';
import { kinds } from '../content/kinds.js';

/** In one request. */
export const maxMessages = 1000;

const text = (body: string) => ({ to: '+49 170 1234567', type: 'text', text: { body }, reference: 'order-4711' });

/** Each message is checked alone: one that is refused does not stop the others. */
export const MessageBatch = z
  .strictObject({
    messages: z
      .array(z.unknown().meta({ $ref: '#/components/schemas/NewMessage' }))
      .min(1)
      .max(maxMessages)
      .describe('Those to the same `to` are accepted in this order.'),
  })
  .meta({
    id: 'MessageBatch',
    examples: [{ messages: [text('Your parcel is here.'), { ...text(''), text: kinds.text.sent.example }] }],
  });

const index = z.int().describe('Its place in the request, from 0.');

const Accepted = z.object({ index, id: z.uuid(), status: z.string() });
const Refused = z.object({
  index,
  error: z.object({
    status: z.int().describe('What the message alone would have been answered with.'),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
});

export const BatchAnswer = z
  .object({ data: z.array(z.union([Accepted, Refused])).describe('In the order of the request.') })
  .meta({
    id: 'BatchAnswer',
    examples: [
      {
        data: [
          { index: 0, id: '0d3f0c1e-9a55-8b6e-9d2a-4f6a8c1e2b10', status: 'queued' },
          { index: 1, error: { status: 422, code: 'invalid_recipient', detail: '+49 is not a phone number' } },
        ],
      },
    ],
  });
export type BatchAnswer = z.output<typeof BatchAnswer>;
export type BatchItem = BatchAnswer['data'][number];
