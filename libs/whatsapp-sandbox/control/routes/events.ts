import { z } from 'zod';
import type { Feed } from '../feed.js';
import { Refusal } from '../problem.js';
import type { ControlApp } from '../zod-routes.js';
import { refusals } from './answers.js';

const MOST_LISTENERS = 64;
/** Often enough that proxies and browsers do not take the silence for an end. */
const HEARTBEAT_MS = 15_000;
/** Bytes that a listener may leave unread before it is let go. */
const MOST_UNREAD = 2 ** 22;

export function eventRoutes(app: ControlApp, feed: Feed): void {
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
        summary: 'What changes, as it happens (Server-Sent Events)',
        description:
          'Events `phone` (a Phone), `message` (`{phone, message}`; again when its status moves) `faults` and `groups` (all ' +
          'of them). What was before is not told: read it when the stream is open, and again when it was broken.',
        produces: ['text/event-stream'],
        response: { 200: z.string().meta({ description: 'A stream that does not end.' }), ...refusals(503) },
      },
    },
    async (_request, reply) => {
      if (open.size >= MOST_LISTENERS) throw new Refusal(503, 'too_many_listeners', 'too many are listening already');
      const { raw } = reply.hijack();
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
      });
      raw.write('retry: 1000\n\n');
      const write = (text: string): void => {
        if (raw.writableLength > MOST_UNREAD) close();
        else raw.write(text);
      };
      const unsubscribe = feed.subscribe(({ event, data }) =>
        write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
      );
      const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS).unref();
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
