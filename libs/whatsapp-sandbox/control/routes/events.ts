import { z } from 'zod';
import type { ChangeFeed } from '../change-feed.js';
import { ControlError } from '../problem.js';
import type { ControlApp } from '../zod-routes.js';
import { errorResponses } from './answers.js';

const maxListeners = 64;
/** Short enough for proxies and browsers not to close an idle stream. */
const heartbeatIntervalMs = 15_000;
/** A listener that leaves more bytes unread is disconnected. */
const maxUnreadBytes = 2 ** 22;

export function eventRoutes(app: ControlApp, changes: ChangeFeed): void {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const close of open) close();
  });

  app.get(
    '/events',
    {
      schema: {
        tags: ['Sandbox'],
        operationId: 'listen',
        summary: 'Live changes (Server-Sent Events)',
        description:
          'Events `phone` (a Phone), `message` (`{phone, message}`; repeated when its status changes), `faults`, `groups` and ' +
          '`channels` (the whole list; of each channel the last 20 posts). The stream carries changes only: read the current state once it is open, and again after a reconnect.',
        produces: ['text/event-stream'],
        response: { 200: z.string().meta({ description: 'A stream without end.' }), ...errorResponses(503) },
      },
    },
    async (_request, reply) => {
      if (open.size >= maxListeners) throw new ControlError(503, 'too_many_listeners', 'too many listeners');
      const { raw } = reply.hijack();
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
      });
      raw.write('retry: 1000\n\n');
      const write = (text: string): void => {
        if (raw.writableLength > maxUnreadBytes) close();
        else raw.write(text);
      };
      const unsubscribe = changes.subscribe(({ event, data }) =>
        write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
      );
      const heartbeat = setInterval(() => write(': heartbeat\n\n'), heartbeatIntervalMs).unref();
      const close = (): void => {
        clearInterval(heartbeat);
        unsubscribe();
        open.delete(close);
        raw.end();
      };
      open.add(close);
      raw.once('close', close);
    },
  );
}
