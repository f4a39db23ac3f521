import { z } from 'zod';
import type { Context } from '../context.js';
import { health, restart } from '../schemas/system.js';
import type { ControlApp } from '../zod-routes.js';
import { refusals } from './answers.js';

const tags = ['Sandbox'];

export function systemRoutes(app: ControlApp, context: Context): void {
  const healthNow = () => {
    const now = context.sandbox();
    return { status: 'ok' as const, url: now.url, phones: now.phones.list().length, connections: now.connections() };
  };

  app.get(
    '/health',
    { schema: { tags, operationId: 'getHealth', summary: 'Whether it is up, and where', response: { 200: health } } },
    async () => healthNow(),
  );

  app.get(
    '/ca.pem',
    {
      schema: {
        tags,
        operationId: 'getCertificate',
        summary: 'The certificate authority of the media server, which clients have to trust',
        produces: ['application/x-pem-file'],
        response: { 200: z.string().meta({ description: 'PEM.' }) },
      },
    },
    async (_request, reply) =>
      reply.type('application/x-pem-file').serializer(String).send(context.sandbox().caCertificate),
  );

  app.post(
    '/restart',
    {
      schema: {
        tags,
        operationId: 'restart',
        summary: 'Restart the sandbox',
        description: 'Every client is cut off and nobody can connect for a while. Answers when it is up again.',
        body: restart,
        response: { 200: health, ...refusals(409) },
      },
    },
    async ({ body }) => {
      await context.restart(body.downMs);
      return healthNow();
    },
  );
}
