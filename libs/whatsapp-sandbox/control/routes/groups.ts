import { z } from 'zod';
import { requirePhone, type ControlContext } from '../context.js';
import {
  group,
  groupChange,
  groupPath,
  invite,
  joined,
  memberChange,
  newGroup,
  newInvite,
  requestAnswer,
} from '../schemas/group.js';
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
        operationId: 'changeGroup',
        summary: 'Change the subject, description or settings of a group',
        params: groupPath,
        body: groupChange,
        response: { 200: group, ...errorResponses(403, 404, 409) },
      },
    },
    async ({ params: { number, jid }, body: { subject, description, settings } }) => {
      const { groups } = requirePhone(context, number);
      if (subject !== undefined) groups.rename(jid, subject);
      if (description !== undefined) groups.describe(jid, description);
      if (settings) groups.set(jid, settings);
      return groups.get(jid);
    },
  );

  app.post(
    '/phones/:number/groups/:jid/invite',
    {
      schema: {
        tags,
        operationId: 'inviteToGroup',
        summary: 'Get the code of the invite link of a group',
        params: groupPath,
        body: newInvite,
        response: { 200: invite, ...errorResponses(403, 404, 409) },
      },
    },
    async ({ params, body }) => ({
      code: requirePhone(context, params.number).groups.invite(params.jid, body.renew),
    }),
  );

  app.post(
    '/phones/:number/groups/join',
    {
      schema: {
        tags,
        operationId: 'joinGroup',
        summary: 'Join a group by an invite code, or ask to',
        params: phonePath,
        body: invite,
        response: { 200: joined, ...errorResponses(404, 409) },
      },
    },
    async ({ params, body }) => requirePhone(context, params.number).groups.join(body.code),
  );

  app.post(
    '/phones/:number/groups/:jid/requests',
    {
      schema: {
        tags,
        operationId: 'answerJoinRequests',
        summary: 'Approve or reject people who ask to join',
        description: 'Answers 403 if some did not ask; the others are answered all the same.',
        params: groupPath,
        body: requestAnswer,
        response: { 200: group, ...errorResponses(403, 404, 409, 422) },
      },
    },
    async ({ params, body }) =>
      requirePhone(context, params.number).groups.answerRequests(params.jid, body.action, ...body.participants),
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
