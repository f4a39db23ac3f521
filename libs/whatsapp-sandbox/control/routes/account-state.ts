import { requirePhone, type ControlContext } from '../context.js';
import {
  chatMarks,
  chatPath,
  contactName,
  contactPath,
  contacts,
  markedChats,
  shownPresence,
} from '../schemas/account-state.js';
import { phonePath } from '../schemas/phone.js';
import type { ControlApp } from '../zod-routes.js';
import { errorResponses, noContent } from './answers.js';

const tags = ['Phones'];

/** What the devices of an account share: its address book, and what was done with its chats. */
export function accountStateRoutes(app: ControlApp, context: ControlContext): void {
  app.put(
    '/phones/:number/contacts/:other',
    {
      schema: {
        tags,
        operationId: 'saveContact',
        summary: 'Give somebody a name in the address book of the phone',
        params: contactPath,
        body: contactName,
        response: { 200: contacts, ...errorResponses(404, 422) },
      },
    },
    async ({ params: { number, other }, body: { name } }) => {
      const { addressBook } = requirePhone(context, number);
      addressBook.save(other, name);
      return addressBook.list();
    },
  );

  app.get(
    '/phones/:number/contacts',
    {
      schema: {
        tags,
        operationId: 'listContacts',
        summary: 'List the address book of the phone',
        params: phonePath,
        response: { 200: contacts, ...errorResponses(404) },
      },
    },
    async ({ params }) => requirePhone(context, params.number).addressBook.list(),
  );

  app.patch(
    '/phones/:number/chats/:chat',
    {
      schema: {
        tags,
        operationId: 'markChat',
        summary: 'Archive a chat, or mark it as read or unread, on the phone',
        params: chatPath,
        body: chatMarks,
        response: { 200: markedChats, ...errorResponses(404, 422) },
      },
    },
    async ({ params: { number, chat }, body }) => {
      const marks = requirePhone(context, number).chatMarks;
      marks.mark(chat, body);
      return marks.list();
    },
  );

  app.post(
    '/phones/:number/presence',
    {
      schema: {
        tags,
        operationId: 'showPresence',
        summary: 'Show that the phone is online, or what it does in a chat',
        description:
          'To linked clients of others that are online themselves; the first only to those that want to know.',
        params: phonePath,
        body: shownPresence,
        response: { 204: noContent, ...errorResponses(404, 422) },
      },
    },
    async ({ params, body }, reply) => {
      const { presence } = requirePhone(context, params.number);
      if ('to' in body) presence.act(body.to, body.state);
      else presence.show(body.state === 'online');
      return reply.status(204).send();
    },
  );

  app.get(
    '/phones/:number/chats',
    {
      schema: {
        tags,
        operationId: 'listMarkedChats',
        summary: 'List the chats that the phone or its linked clients archived, or marked as read or unread',
        params: phonePath,
        response: { 200: markedChats, ...errorResponses(404) },
      },
    },
    async ({ params }) => requirePhone(context, params.number).chatMarks.list(),
  );
}
