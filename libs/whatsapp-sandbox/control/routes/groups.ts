import { z } from 'zod';
import { phoneOf, type Context } from '../context.js';
import { group, groupChange, groupPath, memberChange, newGroup } from '../schemas/group.js';
import { phonePath } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, refusals } from './answers.js';

const tags = ['Groups'];

export function groupRoutes(app: ControlApp, context: Context): void {
  app.get(
    '/groups',
    {
      schema: { tags, operationId: 'listGroups', summary: 'All groups', response: { 200: z.array(group).readonly() } },
    },
    async () => context.sandbox().groups.list(),
  );

  app.get(
    '/phones/:number/groups',
    {
      schema: {
        tags,
        operationId: 'listGroupsOfPhone',
        summary: 'The groups that a phone is in',
        params: phonePath,
        response: { 200: z.array(group).readonly(), ...refusals(404) },
      },
    },
    async ({ params }) => phoneOf(context, params.number).groups.list(),
  );

  app.post(
    '/phones/:number/groups',
    {
      schema: {
        tags,
        operationId: 'createGroup',
        summary: 'The phone makes a group',
        params: phonePath,
        body: newGroup,
        response: { 201: group, ...refusals(404, 409, 422) },
      },
    },
    async ({ params, body }, reply) => reply.status(201).send(phoneOf(context, params.number).groups.create(body)),
  );

  app.patch(
    '/phones/:number/groups/:jid',
    {
      schema: {
        tags,
        operationId: 'renameGroup',
        summary: 'The phone renames a group',
        params: groupPath,
        body: groupChange,
        response: { 200: group, ...refusals(403, 404, 409) },
      },
    },
    async ({ params, body }) => phoneOf(context, params.number).groups.rename(params.jid, body.subject),
  );

  app.post(
    '/phones/:number/groups/:jid/participants',
    {
      schema: {
        tags,
        operationId: 'changeParticipants',
        summary: 'The phone says who is in a group, and who is admin',
        description: 'Refused with 403 when somebody could not be changed; with the others it is done all the same.',
        params: groupPath,
        body: memberChange,
        response: { 200: group, ...refusals(403, 404, 409, 422) },
      },
    },
    async ({ params, body }) => phoneOf(context, params.number).groups[body.action](params.jid, ...body.participants),
  );

  app.delete(
    '/phones/:number/groups/:jid',
    {
      schema: {
        tags,
        operationId: 'leaveGroup',
        summary: 'The phone leaves a group',
        params: groupPath,
        response: { 204: noContent, ...refusals(403, 404, 409) },
      },
    },
    async ({ params }, reply) => {
      phoneOf(context, params.number).groups.leave(params.jid);
      return reply.status(204).send();
    },
  );
}
