import { z } from 'zod';
import type { ControlContext } from '../context.js';
import { health, restart } from '../schemas/system.js';
import type { ControlApp } from '../zod-routes.js';
import { errorResponses } from './answers.js';

const tags = ['Sandbox'];

export function systemRoutes(app: ControlApp, context: ControlContext): void {
  const healthNow = () => {
    const now = context.sandbox();
    return { status: 'ok' as const, url: now.url, phones: now.phones.list().length, connections: now.connections() };
  };

  app.get(
    '/health',
    {
      schema: {
        tags,
        operationId: 'getHealth',
        summary: 'Health and address of the sandbox',
        response: { 200: health },
      },
    },
    async () => healthNow(),
  );

  app.get(
    '/ca.pem',
    {
      schema: {
        tags,
        operationId: 'getCertificate',
        summary: 'CA certificate of the media server, which clients must trust',
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
        description:
          'Disconnects all clients and refuses connections for `downMs`. Answers once the sandbox runs again.',
        body: restart,
        response: { 200: health, ...errorResponses(409) },
      },
    },
    async ({ body }) => {
      await context.restart(body.downMs);
      return healthNow();
    },
  );
}
