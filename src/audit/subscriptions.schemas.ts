import { z } from 'zod';

const follower = {
  name: 'messages',
  kind: 'projection',
  state: 'live',
  position: 4711,
  lag: { events: 0, seconds: 0 },
  parked: 0,
  trouble: null,
} as const;

const Follower = z
  .object({
    name: z.string(),
    kind: z.enum(['projection', 'saga']),
    state: z.enum(['stopped', 'catching_up', 'live', 'stalled']),
    position: z.int().describe('All events up to here are handled or parked.'),
    lag: z.object({
      events: z.int().nullable().describe('Events after that position; null where the store cannot count them.'),
      seconds: z.number().describe('Age of the first event after that position.'),
    }),
    parked: z.int().describe('Events that could not be handled.'),
    trouble: z.string().nullable().describe('Why it does not continue.'),
  })
  .meta({ id: 'Projection', examples: [follower] });

export const Followers = z
  .object({ data: z.array(Follower), next: z.null() })
  .meta({ id: 'Projections', examples: [{ data: [follower], next: null }] });

const parked = {
  id: 'messages:4711',
  subscription: 'messages',
  position: 4711,
  eventId: '0199a3c4-1f00-7000-8000-000000000009',
  eventType: 'MessageQueued',
  stream: 'message-0199a3c4-1f00-7000-8000-000000000003',
  key: 'message-0199a3c4-1f00-7000-8000-000000000003',
  error: 'TypeError: Cannot read properties of undefined',
  attempts: 1,
  parkedAt: '2026-11-23T10:00:00.000Z',
};

const ParkedEvent = z
  .object({
    id: z.string(),
    subscription: z.string(),
    position: z.int(),
    eventId: z.string(),
    eventType: z.string(),
    stream: z.string(),
    key: z.string().describe('Later events with the same key wait behind it.'),
    error: z.string().nullable().describe('What went wrong; null where it only waits behind another one.'),
    attempts: z.int(),
    parkedAt: z.iso.datetime(),
  })
  .meta({ id: 'ParkedEvent', examples: [parked] });

export const ParkedEvents = z
  .object({ data: z.array(ParkedEvent), next: z.null() })
  .meta({ id: 'ParkedEvents', examples: [{ data: [parked], next: null }] });

export const Replayed = z
  .object({
    status: z.enum(['done', 'parked']).describe('`parked`: it failed again.'),
    error: z.string().optional(),
  })
  .meta({ id: 'Replayed', examples: [{ status: 'done' }] });

export const ByName = z.strictObject({ name: z.string().regex(/^[a-z][a-z-]{0,63}$/) });

export const ByParked = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z-]{0,63}:[1-9]\d{0,15}$/, 'A parked event is named <subscription>:<position>')
    .transform((id) => {
      const [subscription = '', position = ''] = id.split(':');
      return { subscription, position: Number(position) };
    }),
});
