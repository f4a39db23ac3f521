import { z } from 'zod';
import { requirePhone, type ControlContext } from '../context.js';
import { call, callEnd, callPath, newCall } from '../schemas/call.js';
import { phonePath } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { errorResponses } from './answers.js';

const tags = ['Calls'];

export function callRoutes(app: ControlApp, context: ControlContext): void {
  app.post(
    '/phones/:number/calls',
    {
      schema: {
        tags,
        operationId: 'call',
        summary: 'Call somebody',
        description: 'It rings on their linked clients, until one rejects it or it is ended. It cannot be answered.',
        params: phonePath,
        body: newCall,
        response: { 201: call, ...errorResponses(404, 409) },
      },
    },
    async ({ params, body }, reply) => reply.status(201).send(requirePhone(context, params.number).calls.offer(body)),
  );

  app.get(
    '/phones/:number/calls',
    {
      schema: {
        tags,
        operationId: 'listCalls',
        summary: 'List the calls of a phone',
        params: phonePath,
        response: { 200: z.array(call).readonly(), ...errorResponses(404) },
      },
    },
    async ({ params }) => requirePhone(context, params.number).calls.list(),
  );

  app.post(
    '/phones/:number/calls/:id/end',
    {
      schema: {
        tags,
        operationId: 'endCall',
        summary: 'End a call',
        params: callPath,
        body: callEnd,
        response: { 200: call, ...errorResponses(404) },
      },
    },
    async ({ params, body }) => requirePhone(context, params.number).calls.end(params.id, body.reason ?? 'hung-up'),
  );
}
