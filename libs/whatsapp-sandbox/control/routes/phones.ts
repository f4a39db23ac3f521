import { z } from 'zod';
import { phoneOf, type Context } from '../context.js';
import { newPhone, phone, phoneChange, phonePath, viewOf } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { refusals } from './answers.js';

const tags = ['Phones'];

export function phoneRoutes(app: ControlApp, context: Context): void {
  app.post(
    '/phones',
    {
      schema: {
        tags,
        operationId: 'createPhone',
        summary: 'Create a phone',
        body: newPhone,
        response: { 201: phone, ...refusals(409) },
      },
    },
    async ({ body }, reply) => {
      const created = context.sandbox().phones.create(body);
      return reply.status(201).header('location', `/phones/${created.number}`).send(viewOf(created));
    },
  );

  app.get(
    '/phones',
    {
      schema: {
        tags,
        operationId: 'listPhones',
        summary: 'All phones, with linked devices and settings',
        description: 'Everybody that a client has looked up or written to has one.',
        response: { 200: z.array(phone) },
      },
    },
    async () => context.sandbox().phones.list().map(viewOf),
  );

  app.get(
    '/phones/:number',
    {
      schema: {
        tags,
        operationId: 'getPhone',
        summary: 'One phone, with linked devices and settings',
        params: phonePath,
        response: { 200: phone, ...refusals(404) },
      },
    },
    async ({ params }) => viewOf(phoneOf(context, params.number)),
  );

  app.patch(
    '/phones/:number',
    {
      schema: {
        tags,
        operationId: 'changePhone',
        summary: 'Change how a phone behaves',
        description: 'Coming online it works through what has waited.',
        params: phonePath,
        body: phoneChange,
        response: { 200: phone, ...refusals(404) },
      },
    },
    async ({ params, body }) => {
      const changed = phoneOf(context, params.number);
      changed.set(body);
      return viewOf(changed);
    },
  );
}
