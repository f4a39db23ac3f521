import { z } from 'zod';
import { phoneOf, type Context } from '../context.js';
import { attachment } from '../files.js';
import { message, messagePath, since } from '../schemas/message.js';
import { messageOf, outgoing } from '../schemas/outgoing.js';
import { phonePath } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, refusals } from './answers.js';

const tags = ['Messages'];
/** A file of 48 MiB, as base64. */
const LARGEST_BODY = 2 ** 26;

export function messageRoutes(app: ControlApp, context: Context): void {
  app.post(
    '/phones/:number/messages',
    {
      bodyLimit: LARGEST_BODY,
      schema: {
        tags,
        operationId: 'send',
        summary: 'The phone sends a message',
        params: phonePath,
        body: outgoing,
        response: { 201: message, ...refusals(404, 409, 413, 422) },
      },
    },
    async ({ params, body }, reply) => {
      const sent = await phoneOf(context, params.number).send(messageOf(body));
      return reply.status(201).send(sent);
    },
  );

  app.get(
    '/phones/:number/messages',
    {
      schema: {
        tags,
        operationId: 'listMessages',
        summary: 'What the phone has sent and received, decrypted',
        description: 'In order of arrival. A message that came twice is there twice, the second one marked.',
        params: phonePath,
        querystring: since,
        response: { 200: z.array(message).readonly(), ...refusals(404) },
      },
    },
    async ({ params, query }) => phoneOf(context, params.number).messages(query),
  );

  for (const [step, mark] of [
    ['read', 'markRead'],
    ['played', 'markPlayed'],
  ] as const) {
    app.post(
      `/phones/:number/messages/:id/${step}`,
      {
        schema: {
          tags,
          operationId: mark,
          summary: `The phone tells the sender that a message was ${step}`,
          params: messagePath,
          response: { 204: noContent, ...refusals(404) },
        },
      },
      async ({ params }, reply) => {
        phoneOf(context, params.number)[mark](params.id);
        return reply.status(204).send();
      },
    );
  }

  app.get(
    '/phones/:number/messages/:id/media',
    {
      schema: {
        tags,
        operationId: 'getMedia',
        summary: 'The decrypted file of a message',
        produces: ['application/octet-stream'],
        params: messagePath,
        response: { 200: z.file().meta({ description: 'The file.' }), ...refusals(404, 422) },
      },
    },
    async ({ params }, reply) => {
      const phone = phoneOf(context, params.number);
      const file = await phone.media(params.id);
      const media = phone.messages().findLast(({ id }) => id === params.id)?.media;
      return reply.headers(attachment(media?.mimeType, media?.fileName)).send(file as never);
    },
  );
}
