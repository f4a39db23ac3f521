import { requirePhone, type ControlContext } from '../context.js';
import { devicePath, enterCode, linkedDevice, phonePath, scan } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, errorResponses } from './answers.js';

const tags = ['Linked devices'];

export function linkingRoutes(app: ControlApp, context: ControlContext): void {
  app.post(
    '/phones/:number/scan',
    {
      schema: {
        tags,
        operationId: 'scan',
        summary: 'Scan a QR code and link the client that shows it',
        params: phonePath,
        body: scan,
        response: { 200: linkedDevice, ...errorResponses(404, 409, 422) },
      },
    },
    async ({ params, body }) => requirePhone(context, params.number).scan(body.qr),
  );

  app.post(
    '/phones/:number/enter-code',
    {
      schema: {
        tags,
        operationId: 'enterCode',
        summary: 'Enter a pairing code and link the client that shows it',
        description: 'The client must have requested a code for the number of this phone.',
        params: phonePath,
        body: enterCode,
        response: { 200: linkedDevice, ...errorResponses(404, 409, 422) },
      },
    },
    async ({ params, body }) => requirePhone(context, params.number).enterCode(body.code),
  );

  app.delete(
    '/phones/:number/devices/:device',
    {
      schema: {
        tags,
        operationId: 'unlink',
        summary: 'Unlink a client',
        description: 'The client receives 401 and cannot log in again.',
        params: devicePath,
        response: { 204: noContent, ...errorResponses(404) },
      },
    },
    async ({ params }, reply) => {
      requirePhone(context, params.number).unlink(params.device);
      return reply.status(204).send();
    },
  );
}
