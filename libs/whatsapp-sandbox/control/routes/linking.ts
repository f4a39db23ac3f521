import { phoneOf, type Context } from '../context.js';
import { devicePath, enterCode, linkedDevice, phonePath, scan } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, refusals } from './answers.js';

const tags = ['Linked devices'];

export function linkingRoutes(app: ControlApp, context: Context): void {
  app.post(
    '/phones/:number/scan',
    {
      schema: {
        tags,
        operationId: 'scan',
        summary: 'The phone scans a QR code and links the client that shows it',
        params: phonePath,
        body: scan,
        response: { 200: linkedDevice, ...refusals(404, 409, 422) },
      },
    },
    async ({ params, body }) => phoneOf(context, params.number).scan(body.qr),
  );

  app.post(
    '/phones/:number/enter-code',
    {
      schema: {
        tags,
        operationId: 'enterCode',
        summary: 'The phone is given a pairing code and links the client that shows it',
        description: 'The client has to have asked for a code for the number of this phone.',
        params: phonePath,
        body: enterCode,
        response: { 200: linkedDevice, ...refusals(404, 409, 422) },
      },
    },
    async ({ params, body }) => phoneOf(context, params.number).enterCode(body.code),
  );

  app.delete(
    '/phones/:number/devices/:device',
    {
      schema: {
        tags,
        operationId: 'unlink',
        summary: 'Unlink a client',
        description: 'It is told 401 and can never log in again.',
        params: devicePath,
        response: { 204: noContent, ...refusals(404) },
      },
    },
    async ({ params }, reply) => {
      phoneOf(context, params.number).unlink(params.device);
      return reply.status(204).send();
    },
  );
}
