import { z } from 'zod';
import { Paging, pageOf } from '../../platform/http/paging.js';
import { deliveryStatuses, keptAttempts, unmadeCodes } from '../delivery.contract.js';

const time = z.iso.datetime();

export const DeliveryFilter = Paging.extend({
  status: z.enum(deliveryStatuses).exactOptional(),
  event: z
    .string()
    .min(1)
    .max(100)
    .exactOptional()
    .describe('A type of event, such as `message.received`, or all of a kind (`message.*`).'),
  from: time.exactOptional().describe('Only events that happened then or later.'),
  to: time.exactOptional().describe('Only events that happened then or earlier.'),
});

const attempt = {
  number: 1,
  at: '2026-11-29T10:00:00.050Z',
  ms: 84,
  status: 500,
  answer: 'database is locked',
  problem: 'The server answered with HTTP status 500',
  code: null,
  outcome: 'retried',
} as const;

const Attempt = z
  .object({
    number: z.int(),
    at: time,
    ms: z.int().describe('How long it took.'),
    status: z.int().nullable().describe('The HTTP status; null where there was none.'),
    answer: z.string().nullable().describe('The beginning of the answer.'),
    problem: z.string().nullable().describe('Why it failed: a sentence.'),
    code: z
      .enum(unmadeCodes)
      .nullable()
      .describe(
        'Why no request was made; null where one was, or where that was not recorded yet. `secret_missing` (rotate the secret) and `request_not_made` (an error of the service, which its log tells) are tried again like failed requests.',
      ),
    outcome: z.enum(['succeeded', 'retried', 'parked']),
  })
  .meta({ id: 'DeliveryAttempt', examples: [attempt] });

const example = {
  id: '0199a3c4-1f00-8000-8000-000000000071',
  webhookId: '0199a3c4-1f00-7000-8000-000000000061',
  eventId: 'evt_0199a3c4-1f00-7000-8000-000000000081',
  event: 'message.received',
  sessionId: '0199a3c4-1f00-7000-8000-000000000051',
  status: 'pending',
  attemptCount: 1,
  nextAttemptAt: '2026-11-29T10:00:05.000Z',
  happenedAt: '2026-11-29T10:00:00.000Z',
  updatedAt: '2026-11-29T10:00:00.050Z',
} as const;

const shown = z.object({
  id: z.uuid(),
  webhookId: z.uuid(),
  eventId: z.string().describe('What requests have in `webhook-id`.'),
  event: z.string(),
  sessionId: z.uuid().nullable(),
  status: z
    .enum(deliveryStatuses)
    .describe(
      '`parked`: all attempts have failed, or the webhook was disabled meanwhile. `missed`: it was disabled before. Both wait for you to have them delivered again.',
    ),
  attemptCount: z.int(),
  nextAttemptAt: time.nullable(),
  happenedAt: time.describe('When the event happened.'),
  updatedAt: time,
});

export const Delivery = shown.meta({ id: 'Delivery', examples: [example] });
export const Deliveries = pageOf(Delivery, 'Deliveries', example);

export const DeliveryWithAttempts = shown
  .extend({ attempts: z.array(Attempt).describe(`The last ${keptAttempts}, oldest first.`) })
  .meta({ id: 'DeliveryWithAttempts', examples: [{ ...example, attempts: [attempt] }] });

export const Redelivery = z
  .strictObject({
    from: time.describe('Events that happened then or later.'),
    to: time.exactOptional().describe('Events that happened then or earlier; by default now.'),
    status: z.enum(['succeeded', 'parked', 'missed']).exactOptional().describe('By default what was parked or missed.'),
  })
  .meta({ id: 'Redelivery', examples: [{ from: '2026-11-29T00:00:00Z', status: 'missed' }] });

export const Redelivered = z
  .object({ count: z.int().describe('So many are delivered again.') })
  .meta({ id: 'Redelivered', examples: [{ count: 17 }] });
