import { z } from 'zod';

const example = {
  position: 4711,
  problem: 'its checksum does not match',
  passedOver: {
    reason: 'A bad sector; the message was sent again',
    by: 'admin 0199a3c4-1f00-7000-8000-000000000002',
    at: '2026-11-23T10:00:00.000Z',
  },
} as const;

const DamagedEvent = z
  .object({
    position: z.int().describe('Among all events.'),
    problem: z.string(),
    passedOver: z
      .object({ reason: z.string(), by: z.string(), at: z.iso.datetime() })
      .nullable()
      .describe('Null while whatever reads it is held up.'),
  })
  .meta({ id: 'DamagedEvent', examples: [example] });

export const DamagedEvents = z
  .object({ data: z.array(DamagedEvent), next: z.null() })
  .meta({ id: 'DamagedEvents', examples: [{ data: [example], next: null }] });

export const ByPosition = z.strictObject({
  position: z
    .string()
    .regex(/^[1-9]\d{0,15}$/, 'Must be a position')
    .transform(Number),
});

export const PassOver = z
  .strictObject({ reason: z.string().trim().min(1).max(500) })
  .meta({ id: 'PassOver', examples: [{ reason: 'A bad sector; the message was sent again' }] });
