import { z } from 'zod';
import { requirePhone, type ControlContext } from '../context.js';
import { fileHeaders } from '../file-headers.js';
import { message, messagePath, resend, since } from '../schemas/message.js';
import { toSendableMessage, outgoing, outgoingVote } from '../schemas/outgoing.js';
import { phonePath } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, errorResponses } from './answers.js';

const tags = ['Messages'];
/** Fits a file of 48 MiB as base64. */
const maxBodyBytes = 2 ** 26;

export function messageRoutes(app: ControlApp, context: ControlContext): void {
  app.post(
    '/phones/:number/messages',
    {
      bodyLimit: maxBodyBytes,
      schema: {
        tags,
        operationId: 'send',
        summary: 'Send a message',
        params: phonePath,
        body: outgoing,
        response: { 201: message, ...errorResponses(404, 409, 413, 422) },
      },
    },
    async ({ params, body }, reply) => {
      const sent = await requirePhone(context, params.number).send(toSendableMessage(body));
      return reply.status(201).send(sent);
    },
  );

  app.get(
    '/phones/:number/messages',
    {
      schema: {
        tags,
        operationId: 'listMessages',
        summary: 'List sent and received messages, decrypted',
        description:
          'In order of arrival. A message that arrived twice is listed twice, the second time as a duplicate.',
        params: phonePath,
        querystring: since,
        response: { 200: z.array(message).readonly(), ...errorResponses(404) },
      },
    },
    async ({ params, query }) => requirePhone(context, params.number).messages(query),
  );

  app.post(
    '/phones/:number/votes',
    {
      schema: {
        tags,
        operationId: 'vote',
        summary: 'Vote on a poll',
        description: 'In the chat of the poll. It replaces the earlier vote of the phone.',
        params: phonePath,
        body: outgoingVote,
        response: { 201: message, ...errorResponses(404, 409, 422) },
      },
    },
    async ({ params, body }, reply) => reply.status(201).send(await requirePhone(context, params.number).vote(body)),
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
          summary: `Mark a message as ${step} and send the receipt`,
          params: messagePath,
          response: { 204: noContent, ...errorResponses(404) },
        },
      },
      async ({ params }, reply) => {
        requirePhone(context, params.number)[mark](params.id);
        return reply.status(204).send();
      },
    );
  }

  app.post(
    '/phones/:number/messages/:id/resend',
    {
      schema: {
        tags,
        operationId: 'resend',
        summary: 'Send a message of the phone again',
        description:
          'With the same id, as senders do when they have missed the ack. It reaches all devices in the normal way, whatever its `delivery` was.',
        params: messagePath,
        body: resend,
        response: { 204: noContent, ...errorResponses(403, 404, 409, 422) },
      },
    },
    async ({ params, body }, reply) => {
      await requirePhone(context, params.number).resend(params.id, body.sentAt);
      return reply.status(204).send();
    },
  );

  app.post(
    '/phones/:number/messages/:id/request-again',
    {
      schema: {
        tags,
        operationId: 'requestAgain',
        summary: 'Request a received message again',
        description:
          'As a phone does that could not decrypt or has lost a message: the sender gets a retry receipt with new keys.',
        params: messagePath,
        response: { 204: noContent, ...errorResponses(404, 409) },
      },
    },
    async ({ params }, reply) => {
      requirePhone(context, params.number).requestAgain(params.id);
      return reply.status(204).send();
    },
  );

  app.post(
    '/phones/:number/messages/:id/expire-media',
    {
      schema: {
        tags,
        operationId: 'expireMedia',
        summary: 'Let the address of the file of a message expire',
        description:
          'Downloads from there are answered with 410, until a client gets another address from its phone (`keepsFiles`).',
        params: messagePath,
        response: { 204: noContent, ...errorResponses(404, 422) },
      },
    },
    async ({ params }, reply) => {
      requirePhone(context, params.number).files.expire(params.id);
      return reply.status(204).send();
    },
  );

  app.get(
    '/phones/:number/messages/:id/media',
    {
      schema: {
        tags,
        operationId: 'getMedia',
        summary: 'Download the decrypted file of a message',
        produces: ['application/octet-stream'],
        params: messagePath,
        response: { 200: z.file().meta({ description: 'The file.' }), ...errorResponses(404, 422) },
      },
    },
    async ({ params }, reply) => {
      const phone = requirePhone(context, params.number);
      const file = await phone.media(params.id);
      const media = phone.messages().findLast(({ id }) => id === params.id)?.media;
      return reply.headers(fileHeaders(media?.mimeType, media?.fileName)).send(file as never);
    },
  );
}
