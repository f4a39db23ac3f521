import { z } from 'zod';
import { requirePhone, type ControlContext } from '../context.js';
import { group, groupChange, groupPath, memberChange, newGroup } from '../schemas/group.js';
import { phonePath } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, errorResponses } from './answers.js';

const tags = ['Groups'];

export function groupRoutes(app: ControlApp, context: ControlContext): void {
  app.get(
    '/groups',
    {
      schema: { tags, operationId: 'listGroups', summary: 'List groups', response: { 200: z.array(group).readonly() } },
    },
    async () => context.sandbox().groups.list(),
  );

  app.get(
    '/phones/:number/groups',
    {
      schema: {
        tags,
        operationId: 'listGroupsOfPhone',
        summary: 'List the groups of a phone',
        params: phonePath,
        response: { 200: z.array(group).readonly(), ...errorResponses(404) },
      },
    },
    async ({ params }) => requirePhone(context, params.number).groups.list(),
  );

  app.post(
    '/phones/:number/groups',
    {
      schema: {
        tags,
        operationId: 'createGroup',
        summary: 'Create a group',
        params: phonePath,
        body: newGroup,
        response: { 201: group, ...errorResponses(404, 409, 422) },
      },
    },
    async ({ params, body }, reply) => reply.status(201).send(requirePhone(context, params.number).groups.create(body)),
  );

  app.patch(
    '/phones/:number/groups/:jid',
    {
      schema: {
        tags,
        operationId: 'renameGroup',
        summary: 'Rename a group',
        params: groupPath,
        body: groupChange,
        response: { 200: group, ...errorResponses(403, 404, 409) },
      },
    },
    async ({ params, body }) => requirePhone(context, params.number).groups.rename(params.jid, body.subject),
  );

  app.post(
    '/phones/:number/groups/:jid/participants',
    {
      schema: {
        tags,
        operationId: 'changeParticipants',
        summary: 'Add, remove, promote or demote participants',
        description: 'Answers 403 if some participants could not be changed; the others are changed all the same.',
        params: groupPath,
        body: memberChange,
        response: { 200: group, ...errorResponses(403, 404, 409, 422) },
      },
    },
    async ({ params, body }) =>
      requirePhone(context, params.number).groups[body.action](params.jid, ...body.participants),
  );

  app.delete(
    '/phones/:number/groups/:jid',
    {
      schema: {
        tags,
        operationId: 'leaveGroup',
        summary: 'Leave a group',
        params: groupPath,
        response: { 204: noContent, ...errorResponses(403, 404, 409) },
      },
    },
    async ({ params }, reply) => {
      requirePhone(context, params.number).groups.leave(params.jid);
      return reply.status(204).send();
    },
  );
}
