import { z } from 'zod';
import type { ControlContext } from '../context.js';
import { addFault, clearFaults, listFaults } from '../faults.js';
import { fault, faultRule } from '../schemas/fault.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, errorResponses } from './answers.js';

const tags = ['Faults'];

export function faultRoutes(app: ControlApp, { sandbox }: ControlContext): void {
  app.post(
    '/faults',
    {
      schema: {
        tags,
        operationId: 'addFault',
        summary: 'Inject a fault',
        description:
          'Kinds that end or freeze a connection take effect at once if the client is connected, otherwise after its next login.',
        body: faultRule,
        response: { 201: fault, ...errorResponses() },
      },
    },
    async ({ body }, reply) => reply.status(201).send(addFault(sandbox(), body)),
  );

  app.get(
    '/faults',
    {
      schema: {
        tags,
        operationId: 'listFaults',
        summary: 'List active faults',
        response: { 200: z.array(fault) },
      },
    },
    async () => listFaults(sandbox()),
  );

  app.delete(
    '/faults',
    { schema: { tags, operationId: 'clearFaults', summary: 'Remove all faults', response: { 204: noContent } } },
    async (_request, reply) => {
      clearFaults(sandbox());
      return reply.status(204).send();
    },
  );
}
