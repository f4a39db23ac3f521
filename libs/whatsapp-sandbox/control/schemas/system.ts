import { z } from 'zod';

export const health = z
  .strictObject({
    status: z.literal('ok'),
    url: z.string().meta({ description: 'URL for clients.' }),
    phones: z.int(),
    connections: z.int().meta({ description: 'Number of clients that are logged in.' }),
  })
  .meta({
    id: 'Health',
    examples: [{ status: 'ok', url: 'ws://127.0.0.1:3100/ws/chat', phones: 2, connections: 1 }],
  });

export const restart = z
  .strictObject({
    downMs: z.number().min(0).max(600_000).default(0).meta({ description: 'How long connections are refused.' }),
  })
  .meta({ id: 'Restart', examples: [{ downMs: 2000 }] });
