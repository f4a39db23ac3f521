import { z } from 'zod';
import { asInView, publicResource } from '../platform/public-events/public-resource.js';
import { groupEvents, GroupRole, type GroupEvent, type GroupView } from './group.contract.js';
import { groupDocuments } from './groups.projection.js';
import { summaryOf } from './http/present.js';
import { GroupSummary } from './http/groups.schemas.js';

const Person = z.object({ phoneNumber: z.string().nullable(), lid: z.string().nullable() });
const by = Person.nullable().describe('Who did it; null where WhatsApp does not say.');
const participants = z.array(Person.extend({ role: GroupRole }));

/** What users are told of the groups of their accounts. */
export const groupPublicEvents = publicResource<GroupEvent, GroupView>({
  stream: groupEvents,
  evolve: asInView(groupDocuments),
  present: summaryOf,
  schema: GroupSummary,
  chatOf: ({ id, chat }) => ({ id, chat }),
  types: {
    'group.joined': {
      description: 'The account is in the group: it joined, was added, or made it.',
      more: { by },
      on: { GroupJoined: ({ data }) => ({ by: data.by }) },
    },
    'group.left': {
      description: 'The account is not in the group any more.',
      more: { by },
      on: { GroupLeft: ({ data }) => ({ by: data.by }) },
    },
    'group.updated': {
      description: 'Its subject, its description or its settings have changed.',
      more: { by },
      on: { GroupUpdated: ({ data }) => ({ by: data.by }) },
    },
    'group.request': {
      description: 'Somebody asks to join it, which its admins decide: the account is one of them.',
      more: { person: Person },
      on: { GroupJoinRequested: ({ data: { person } }) => ({ person }) },
    },
    'group.participants': {
      description: 'People came or left, or have another role.',
      more: { added: participants, removed: participants, changed: participants, by },
      on: {
        GroupParticipantsChanged: ({ data: { added, removed, changed, by: whom } }) => ({
          added: [...added],
          removed: [...removed],
          changed: [...changed],
          by: whom,
        }),
      },
    },
  },
});
