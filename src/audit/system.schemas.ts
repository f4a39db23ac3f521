import { z } from 'zod';
import { RestoredCopy } from '../platform/restoration/resume.schemas.js';

const since = '2026-01-02T03:04:05.000Z';
const sqlite = { name: 'SQLite', version: '3.50.2' };

const Part = z.object({
  name: z.string(),
  engine: z
    .object({ name: z.string(), version: z.string().nullable() })
    .nullable()
    .describe('What keeps it, with its version where that is known; null for what is no store.'),
  status: z.enum(['up', 'down']),
  since: z.iso.datetime().describe('Since when it is so, as far as somebody has asked.'),
  detail: z.string().nullable().describe('What it waits for, or what is wrong with it.'),
});

export const SystemState = z
  .object({
    version: z.string().describe('Of the service.'),
    node: z.string(),
    startedAt: z.iso.datetime(),
    parts: z.array(Part),
    whatsapp: z.object({
      mode: z.enum(['live', 'sandbox']),
      connected: z
        .int()
        .nullable()
        .describe('How many sessions are connected at this moment; null while no process runs that has them.'),
      linked: z.int().nullable().describe('How many are linked to a phone; null while the credentials cannot be read.'),
    }),
    restored: RestoredCopy.nullable().describe('What this copy was restored from; null of a service that never was.'),
    requestLog: z
      .object({
        waiting: z.int().describe('Requests that wait to be written.'),
        dropped: z
          .int()
          .describe('Requests that are missing in it since the start: there was no room for more that wait.'),
        trouble: z.string().nullable().describe('Why it cannot be written at the moment.'),
      })
      .describe('The log of requests. It never keeps the service from working.'),
    dataDirectory: z.object({ bytes: z.int().describe('The size of all files in it.') }),
  })
  .meta({
    id: 'SystemState',
    examples: [
      {
        version: '1.0.0',
        node: 'v24.1.0',
        startedAt: since,
        parts: [{ name: 'eventStore', engine: sqlite, status: 'up', since, detail: null }],
        whatsapp: { mode: 'live', connected: 3, linked: 4 },
        restored: null,
        requestLog: { waiting: 0, dropped: 0, trouble: null },
        dataDirectory: { bytes: 73_400_320 },
      },
    ],
  });
