import { z } from 'zod';
import { defaultLimits, UserLimits } from '../../identity/user.contract.js';

const left = { limit: z.int(), remaining: z.int(), resetAfter: z.int().describe('Seconds.') };

export const Allowance = z
  .object({
    limits: UserLimits,
    requests: z.object(left).describe('What is left of the current minute, for all of your keys together.'),
    messages: z
      .object(left)
      .describe('What is left of the day of your time zone: messages that were accepted, also scheduled ones.'),
  })
  .meta({
    id: 'Limits',
    examples: [
      {
        limits: defaultLimits,
        requests: { limit: 600, remaining: 597, resetAfter: 42 },
        messages: { limit: 10_000, remaining: 9_812, resetAfter: 38_017 },
      },
    ],
  });
