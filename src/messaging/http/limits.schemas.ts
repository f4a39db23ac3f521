import { z } from 'zod';
import { defaultLimits, UserLimits } from '../../identity/user.contract.js';

const left = {
  limit: z.int(),
  used: z.int(),
  remaining: z.int(),
  resetAfter: z.int().describe('Seconds.'),
  resetsAt: z.iso.datetime(),
};
const Left = z.object(left);
export type Left = z.output<typeof Left>;

export const Allowance = z
  .object({
    limits: UserLimits,
    timeZone: z.string().describe('Your days begin and end there.'),
    requests: Left.describe('Of the current minute, for all of your keys together.'),
    messages: Left.describe(
      'Of the day: messages that were accepted, also scheduled ones, without those that never left.',
    ),
    recipients: Left.describe('Of the day: people to whom you wrote first. Only counted where there is a limit.'),
    messagesPerMinute: z
      .array(z.object({ sessionId: z.uuid(), ...left }))
      .describe('Of the current minute, for each session. Empty where there is no limit.'),
  })
  .meta({
    id: 'Limits',
    examples: [
      {
        limits: { ...defaultLimits, maxMessagesPerMinute: 60 },
        timeZone: 'UTC',
        requests: { limit: 600, used: 3, remaining: 597, resetAfter: 42, resetsAt: '2026-11-29T10:31:00.000Z' },
        messages: {
          limit: 10_000,
          used: 188,
          remaining: 9_812,
          resetAfter: 48_582,
          resetsAt: '2026-11-30T00:00:00.000Z',
        },
        recipients: {
          limit: 10_000_000,
          used: 0,
          remaining: 10_000_000,
          resetAfter: 48_582,
          resetsAt: '2026-11-30T00:00:00.000Z',
        },
        messagesPerMinute: [
          {
            sessionId: '0199a3c4-1f00-7000-8000-000000000002',
            limit: 60,
            used: 12,
            remaining: 48,
            resetAfter: 42,
            resetsAt: '2026-11-29T10:31:00.000Z',
          },
        ],
      },
    ],
  });
export type Allowance = z.output<typeof Allowance>;
