import { z } from 'zod';
import { requirePhone, type ControlContext } from '../context.js';
import { fileHeaders } from '../file-headers.js';
import { ControlError } from '../problem.js';
import { blockPath, newPhone, phone, phoneChange, phonePath, phoneView, picture } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { errorResponses } from './answers.js';

const tags = ['Phones'];

export function phoneRoutes(app: ControlApp, context: ControlContext): void {
  app.post(
    '/phones',
    {
      schema: {
        tags,
        operationId: 'createPhone',
        summary: 'Create a phone',
        body: newPhone,
        response: { 201: phone, ...errorResponses(409) },
      },
    },
    async ({ body }, reply) => {
      const created = context.sandbox().phones.create(body);
      return reply.status(201).header('location', `/phones/${created.number}`).send(phoneView(created));
    },
  );

  app.get(
    '/phones',
    {
      schema: {
        tags,
        operationId: 'listPhones',
        summary: 'List phones with linked devices and settings',
        description: 'Every number that a client has looked up or written to has a phone.',
        response: { 200: z.array(phone) },
      },
    },
    async () => context.sandbox().phones.list().map(phoneView),
  );

  app.get(
    '/phones/:number',
    {
      schema: {
        tags,
        operationId: 'getPhone',
        summary: 'Get a phone with linked devices and settings',
        params: phonePath,
        response: { 200: phone, ...errorResponses(404) },
      },
    },
    async ({ params }) => phoneView(requirePhone(context, params.number)),
  );

  app.patch(
    '/phones/:number',
    {
      schema: {
        tags,
        operationId: 'changePhone',
        summary: 'Change the settings of a phone',
        description: 'A phone that comes online processes what has been queued for it.',
        params: phonePath,
        body: phoneChange,
        response: { 200: phone, ...errorResponses(404, 409) },
      },
    },
    async ({ params, body: { aliases, name, about, ...settings } }) => {
      const changed = requirePhone(context, params.number);
      if (aliases) changed.setAliases(aliases);
      changed.profile.set({ ...(name !== undefined && { name }), ...(about !== undefined && { about }) });
      changed.set(settings);
      return phoneView(changed);
    },
  );

  app.put(
    '/phones/:number/picture',
    {
      schema: {
        tags,
        operationId: 'setPicture',
        summary: 'Change or remove the picture of a phone',
        params: phonePath,
        body: picture,
        response: { 200: phone, ...errorResponses(404, 422) },
      },
    },
    async ({ params, body: { data } }) => {
      const changed = requirePhone(context, params.number);
      await changed.profile.setPicture(data === null ? undefined : Buffer.from(data, 'base64'));
      return phoneView(changed);
    },
  );

  app.get(
    '/phones/:number/picture',
    {
      schema: {
        tags,
        operationId: 'getPicture',
        summary: 'Download the picture of a phone',
        produces: ['image/jpeg'],
        params: phonePath,
        response: { 200: z.file().meta({ description: 'The picture.' }), ...errorResponses(404) },
      },
    },
    async ({ params }, reply) => {
      const file = await requirePhone(context, params.number).profile.picture();
      if (!file) throw new ControlError(404, 'not_found', 'the phone shows no picture');
      return reply.headers(fileHeaders('image/jpeg', 'picture.jpg')).send(file as never);
    },
  );

  for (const [method, change, summary] of [
    ['put', 'add', 'Block somebody: what they write to the phone does not reach it'],
    ['delete', 'remove', 'Unblock somebody'],
  ] as const) {
    app[method](
      '/phones/:number/blocks/:other',
      {
        schema: {
          tags,
          operationId: `${change}Block`,
          summary,
          params: blockPath,
          response: { 200: phone, ...errorResponses(404, 422) },
        },
      },
      async ({ params: { number, other } }) => {
        const changed = requirePhone(context, number);
        changed.blocks[change](other);
        return phoneView(changed);
      },
    );
  }
}
