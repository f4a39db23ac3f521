import { z } from 'zod';

const running = {
  id: '0199a3c4-1f00-7000-8000-00000000000a',
  host: 'gateway-1',
  pid: 4711,
  roles: ['api', 'sessions', 'workers'],
  version: '1.0.0',
  startedAt: '2026-01-02T03:04:05.000Z',
  lastSeenAt: '2026-01-02T10:00:00.000Z',
  lagSeconds: 0,
} as const;

const RunningProcess = z
  .object({
    id: z.string().describe('New at each start.'),
    host: z.string(),
    pid: z.int(),
    roles: z.array(z.enum(['api', 'sessions', 'workers'])),
    version: z.string().describe('Of the service.'),
    startedAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime().describe('When it last showed the others that it lives.'),
    lagSeconds: z
      .number()
      .nullable()
      .describe(
        'How far the view is behind the log that is furthest behind, as this process sees it; null if unknown.',
      ),
  })
  .meta({ id: 'RunningProcess', examples: [{ ...running, roles: [...running.roles] }] });

export const RunningProcesses = z
  .object({ data: z.array(RunningProcess), next: z.null() })
  .meta({ id: 'RunningProcesses', examples: [{ data: [{ ...running, roles: [...running.roles] }], next: null }] });
