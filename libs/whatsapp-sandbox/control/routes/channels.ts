import { z } from 'zod';
import { requirePhone, type ControlContext } from '../context.js';
import { ControlError } from '../problem.js';
import { channel, channelPath, newChannel } from '../schemas/channel.js';
import { phonePath } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { errorResponses } from './answers.js';

const tags = ['Channels'];

export function channelRoutes(app: ControlApp, context: ControlContext): void {
  app.get(
    '/channels',
    {
      schema: {
        tags,
        operationId: 'listChannels',
        summary: 'List channels',
        response: { 200: z.array(channel).readonly() },
      },
    },
    async () => context.sandbox().channels.list(),
  );

  app.post(
    '/phones/:number/channels',
    {
      schema: {
        tags,
        operationId: 'createChannel',
        summary: 'Create a channel in which the account posts',
        params: phonePath,
        body: newChannel,
        response: { 201: channel, ...errorResponses(404, 409, 422) },
      },
    },
    async ({ params, body }, reply) => {
      const { number } = requirePhone(context, params.number);
      return reply.status(201).send(context.sandbox().channels.create(number, body.name));
    },
  );

  app.get(
    '/channels/:jid',
    {
      schema: {
        tags,
        operationId: 'getChannel',
        summary: 'Get a channel, with what was posted',
        params: channelPath,
        response: { 200: channel, ...errorResponses(404) },
      },
    },
    async ({ params: { jid } }) => {
      const found = context.sandbox().channels.get(jid);
      if (!found) throw new ControlError(404, 'not_found', `unknown channel ${jid}`);
      return found;
    },
  );
}
