import { z } from 'zod';

export const Live = z.object({ status: z.literal('live') }).meta({ id: 'Live', examples: [{ status: 'live' }] });

const up = { status: 'up' } as const;
const Part = z.object({ status: z.enum(['up', 'down']), detail: z.string().optional() });

export const Ready = z.object({ status: z.literal('ready'), parts: z.record(z.string(), Part) }).meta({
  id: 'Ready',
  examples: [
    { status: 'ready', parts: { eventStore: up, readModels: up, sagaProgress: up, vault: up, subscriptions: up } },
  ],
});
