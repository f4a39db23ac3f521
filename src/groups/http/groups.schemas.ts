import { z } from 'zod';
import { Paging, pageOf, SearchWords } from '../../platform/http/paging.js';
import { GroupRole } from '../group.contract.js';

const time = z.iso.datetime();
/** WhatsApp's bounds. */
const maxSubject = 100;
const maxDescription = 2_048;
const maxPeople = 256;
const maxEphemeralSeconds = 7_776_000;

const isPlain = (text: string): boolean => !/\p{Cs}/u.test(text) && !text.includes('\0');
const plain = 'Must not have half characters or NUL';

const settings = {
  announce: z.boolean().describe('Only admins write.'),
  locked: z.boolean().describe('Only admins change the subject and the description.'),
  approval: z.boolean().describe('Admins decide who joins by the invite link.'),
  ephemeralSeconds: z
    .int()
    .min(0)
    .max(maxEphemeralSeconds)
    .describe('New messages disappear after this time; 0: they stay. WhatsApp offers 86400, 604800 and 7776000.'),
};

const Person = z.object({ phoneNumber: z.string().nullable(), lid: z.string().nullable() });
const Participant = Person.extend({
  role: GroupRole,
  name: z.string().nullable().describe('As far as it is known.'),
});

const example = {
  id: '0199a3c4-1f00-8000-8000-0000000000c1',
  sessionId: '0199a3c4-1f00-7000-8000-00000000005e',
  chat: '120363041234567890@g.us',
  subject: 'Neighbours',
  description: 'Who waters the plants?',
  settings: { announce: false, locked: false, approval: false, ephemeralSeconds: 0 },
  createdAt: '2026-11-23T09:00:00.000Z',
  createdBy: { phoneNumber: '+491701234567', lid: '338412907716533@lid' },
  joined: true,
  joinedAt: '2026-11-23T09:00:01.000Z',
  leftAt: null,
  updatedAt: '2026-11-23T09:00:01.000Z',
};
const owner = { phoneNumber: '+491701234567', lid: '338412907716533@lid', role: 'owner' as const, name: null };
const groupExample = { ...example, participants: [owner] };
const done = { number: '+49 170 1234567', ok: true };

const described = {
  id: z.uuid().describe('Also the id of its chat.'),
  sessionId: z.uuid(),
  chat: z.string().describe('What messages to the group are addressed to.'),
  subject: z.string(),
  description: z.string().nullable(),
  settings: z.object(settings),
  createdAt: time.nullable(),
  createdBy: Person.nullable(),
  joined: z.boolean().describe('The account is in it.'),
  joinedAt: time,
  leftAt: time.nullable(),
  updatedAt: time,
};

export const GroupSummary = z.object(described).meta({ id: 'GroupSummary', examples: [example] });
export const Group = z
  .object({ ...described, participants: z.array(Participant) })
  .meta({ id: 'Group', examples: [groupExample] });
export const GroupPage = pageOf(GroupSummary, 'GroupPage', example);

const sessionId = z.uuid().exactOptional().describe('May be left out if you have one session.');
export const GroupFilter = Paging.extend({ sessionId: z.uuid().exactOptional(), q: SearchWords('the subject') });

const subject = z.string().trim().min(1).max(maxSubject).refine(isPlain, plain);
const people = z
  .array(z.string().min(1).max(100))
  .min(1)
  .max(maxPeople)
  .describe('Phone numbers with their country codes, or addresses that WhatsApp named.');

export const NewGroup = z
  .strictObject({ sessionId, subject, participants: people })
  .meta({ id: 'NewGroup', examples: [{ subject: 'Neighbours', participants: ['+49 170 1234567'] }] });

export const GroupChanges = z
  .strictObject({
    subject: subject.exactOptional(),
    description: z
      .string()
      .max(maxDescription)
      .refine(isPlain, plain)
      .exactOptional()
      .describe('An empty one is removed.'),
    settings: z
      .strictObject({
        announce: settings.announce.exactOptional(),
        locked: settings.locked.exactOptional(),
        approval: settings.approval.exactOptional(),
        ephemeralSeconds: settings.ephemeralSeconds.exactOptional(),
      })
      .exactOptional(),
    pictureMediaId: z
      .uuid()
      .nullable()
      .exactOptional()
      .describe(
        'A picture that was uploaded with `POST /v1/media`. What is not square is cut at its edges. `null` removes the picture. It is shown by `GET /v1/chats/{id}/picture`.',
      ),
  })
  .refine((change) => Object.keys(change).length > 0, 'Say what to change')
  .meta({ id: 'GroupChanges', examples: [{ subject: 'The house' }, { settings: { announce: true } }] });

export const ParticipantChanges = z
  .strictObject({
    add: people.exactOptional(),
    remove: people.exactOptional(),
    promote: people.exactOptional(),
    demote: people.exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'Say what to change')
  .meta({ id: 'ParticipantChanges', examples: [{ add: ['+49 170 1234567'] }] });

const result = {
  number: z.string().describe('As it was asked.'),
  ok: z.boolean(),
  code: z
    .string()
    .optional()
    .describe(
      'Why it was not done: `invalid_recipient`, `not_on_whatsapp`, `not_allowed` (their settings ask for an invite), `not_in_group`, `in_group_already`, `left_recently`, `blocked`, `group_full`, `not_answered`, or `whatsapp_` with another code of WhatsApp. ' +
        'Where WhatsApp failed a whole action after another one was done: `group_not_allowed`, `group_not_found`, `group_change_refused`, `whatsapp_rate_limited`, `session_not_connected`; `unconfirmed` where it may have been done, since the connection ended before the answer; and `not_tried` for each action that follows.',
    ),
};

export const MadeGroup = z
  .object({
    ...Group.shape,
    results: z.array(z.object(result)).describe('What became of each person; empty in a repeated answer.'),
  })
  .meta({ id: 'MadeGroup', examples: [{ ...groupExample, results: [done] }] });

export const ChangedParticipants = z
  .object({
    results: z
      .array(z.object({ action: z.enum(['add', 'remove', 'promote', 'demote']), ...result }))
      .describe('In the order in which it is done: `add`, `remove`, `promote`, `demote`.'),
    group: Group,
  })
  .meta({ id: 'ChangedParticipants', examples: [{ results: [{ action: 'add', ...done }], group: groupExample }] });

const code = 'q83vSzyo2kMPFnGxEVQd7A';
const url = `https://chat.whatsapp.com/${code}`;
export const Invite = z
  .object({ invite: z.string(), url: z.url() })
  .meta({ id: 'Invite', examples: [{ invite: code, url }] });

const inviteUrl = /^(?:https?:\/\/)?chat\.whatsapp\.com\/(?:invite\/)?/;
export const Joining = z
  .strictObject({
    sessionId,
    invite: z
      .string()
      .max(200)
      .refine((text) => /^[\w-]{1,64}$/.test(inviteCodeOf(text)), 'Must be the code of an invite link, or the link')
      .describe('The code of an invite link, or the link.'),
  })
  .meta({ id: 'Joining', examples: [{ invite: url }] });

export const inviteCodeOf = (text: string): string => text.trim().replace(inviteUrl, '').split('?')[0] ?? '';

export const Joined = z
  .object({ status: z.enum(['joined', 'approval_pending']), group: Group.nullable() })
  .meta({ id: 'Joined', examples: [{ status: 'approval_pending', group: null }] });

export const JoinRequests = z.array(Person.extend({ askedAt: time.nullable() })).meta({
  id: 'JoinRequests',
  examples: [[{ phoneNumber: '+491701234567', lid: '338412907716533@lid', askedAt: '2026-11-23T09:00:00.000Z' }]],
});

export const JoinRequestAnswers = z
  .strictObject({ approve: people.exactOptional(), reject: people.exactOptional() })
  .refine((answer) => Object.keys(answer).length > 0, 'Say whom to approve or to reject')
  .meta({ id: 'JoinRequestAnswers', examples: [{ approve: ['+49 170 1234567'] }] });

export const AnsweredRequests = z
  .array(z.object({ action: z.enum(['approve', 'reject']), ...result }))
  .meta({ id: 'AnsweredRequests', examples: [[{ action: 'approve', ...done }]] });
