import { z } from 'zod';
import { always, publicResource } from '../../platform/public-events/public-resource.js';
import { quotaEvents, type QuotaEvent, type UsedOfDay } from './quota.contract.js';

const Quota = z
  .object({
    quota: z.literal('messages_per_day'),
    day: z.string().describe('In your time zone.'),
    limit: z.int(),
    used: z.int().describe('Messages that were accepted, without those that never left.'),
    remaining: z.int(),
    resetsAt: z.iso.datetime(),
  })
  .meta({
    id: 'Quota',
    examples: [
      {
        quota: 'messages_per_day',
        day: '2026-11-29',
        limit: 10_000,
        used: 8000,
        remaining: 2000,
        resetsAt: '2026-11-30T00:00:00.000Z',
      },
    ],
  });

/** What users are told of their daily quota. */
export const quotaPublicEvents = publicResource<QuotaEvent, UsedOfDay>({
  stream: quotaEvents,
  evolve: (_before, { data }) => data,
  present: ({ day, limit, used, to }): z.output<typeof Quota> => ({
    quota: 'messages_per_day',
    day,
    limit,
    used,
    remaining: Math.max(0, limit - used),
    resetsAt: to,
  }),
  schema: Quota,
  types: {
    'quota.warning': {
      description: 'Four fifths of the messages that you may send on a day are used. Once a day.',
      on: { QuotaWarned: always },
    },
    'quota.exceeded': {
      description:
        'All messages that you may send on a day are used: further ones are refused until `resetsAt`. Once a day.',
      on: { QuotaExceeded: always },
    },
  },
});
