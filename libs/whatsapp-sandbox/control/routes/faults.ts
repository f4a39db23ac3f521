import { z } from 'zod';
import type { Context } from '../context.js';
import { addFault, clearFaults, listFaults } from '../faults.js';
import { fault, faultRule } from '../schemas/fault.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, refusals } from './answers.js';

const tags = ['Faults'];

export function faultRoutes(app: ControlApp, { sandbox }: Context): void {
  app.post(
    '/faults',
    {
      schema: {
        tags,
        operationId: 'addFault',
        summary: 'Let something go wrong',
        description:
          'Kinds that end or freeze a connection strike at once where there is one, otherwise after the next login.',
        body: faultRule,
        response: { 201: fault, ...refusals() },
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
        summary: 'Faults that are still to happen',
        response: { 200: z.array(fault) },
      },
    },
    async () => listFaults(sandbox()),
  );

  app.delete(
    '/faults',
    { schema: { tags, operationId: 'clearFaults', summary: 'Switch all faults off', response: { 204: noContent } } },
    async (_request, reply) => {
      clearFaults(sandbox());
      return reply.status(204).send();
    },
  );
}
