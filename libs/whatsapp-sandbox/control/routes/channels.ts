import { z } from 'zod';
import { requirePhone, type ControlContext } from '../context.js';
import { fileHeaders } from '../file-headers.js';
import { channel, channelPath, editedPost, followerPath, newChannel, post, postPath } from '../schemas/channel.js';
import { phonePath } from '../schemas/phone.js';
import { outgoingPost, toPost } from '../schemas/post.js';
import type { ControlApp } from '../zod-routes.js';
import { errorResponses, noContent } from './answers.js';

const tags = ['Channels'];
/** Fits a file of 48 MiB as base64. */
const maxBodyBytes = 2 ** 26;

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
    async ({ params: { jid } }) => context.sandbox().channels.require(jid),
  );

  followerRoutes(app, context);
  postRoutes(app, context);
}

function followerRoutes(app: ControlApp, context: ControlContext): void {
  const common = { tags, params: followerPath, response: { 200: channel, ...errorResponses(403, 404) } };

  app.put(
    '/channels/:jid/followers/:number',
    { schema: { ...common, operationId: 'follow', summary: 'Make a phone follow a channel' } },
    async ({ params: { jid, number } }) => context.sandbox().channels.follow(jid, requirePhone(context, number).number),
  );

  app.delete(
    '/channels/:jid/followers/:number',
    { schema: { ...common, operationId: 'unfollow', summary: 'Make a phone follow a channel no longer' } },
    async ({ params: { jid, number } }) =>
      context.sandbox().channels.unfollow(jid, requirePhone(context, number).number),
  );
}

/** What the phone of the owner does. */
function postRoutes(app: ControlApp, context: ControlContext): void {
  const ownerOf = (jid: string) => requirePhone(context, context.sandbox().channels.require(jid).owner).channels;

  app.post(
    '/channels/:jid/posts',
    {
      bodyLimit: maxBodyBytes,
      schema: {
        tags,
        operationId: 'post',
        summary: 'Post in a channel, as the phone of its owner',
        description: 'Linked clients of the owner and of the followers get it. It is not encrypted.',
        params: channelPath,
        body: outgoingPost,
        response: { 201: post, ...errorResponses(403, 404, 409, 413, 422) },
      },
    },
    async ({ params: { jid }, body }, reply) => reply.status(201).send(await ownerOf(jid).post(jid, toPost(body))),
  );

  app.patch(
    '/channels/:jid/posts/:id',
    {
      schema: {
        tags,
        operationId: 'editPost',
        summary: 'Edit a post, as the phone of the owner',
        params: postPath,
        body: editedPost,
        response: { 200: post, ...errorResponses(403, 404, 422) },
      },
    },
    async ({ params: { jid, id }, body }) => ownerOf(jid).edit(jid, id, body.text),
  );

  app.delete(
    '/channels/:jid/posts/:id',
    {
      schema: {
        tags,
        operationId: 'deletePost',
        summary: 'Delete a post, as the phone of the owner',
        params: postPath,
        response: { 204: noContent, ...errorResponses(403, 404) },
      },
    },
    async ({ params: { jid, id } }, reply) => {
      ownerOf(jid).delete(jid, id);
      return reply.status(204).send();
    },
  );

  app.get(
    '/channels/:jid/posts/:id/media',
    {
      schema: {
        tags,
        operationId: 'getPostMedia',
        summary: 'Get the file of a post',
        params: postPath,
        produces: ['application/octet-stream'],
        response: { 200: z.file().meta({ description: 'The file.' }), ...errorResponses(404, 422) },
      },
    },
    async ({ params: { jid, id } }, reply) => {
      const file = await ownerOf(jid).file(jid, id);
      const media = context
        .sandbox()
        .channels.require(jid)
        .posts.find((each) => each.id === id)?.media;
      return reply.headers(fileHeaders(media?.mimeType, media?.fileName)).send(file as never);
    },
  );
}
