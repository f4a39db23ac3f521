import { z } from 'zod';
import { event, eventTypes, type EventOf, type Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';

const time = z.iso.datetime();

/** Whose group it is: every event of a group says so. */
const GroupOwner = z.object({
  /** The id of the group's chat. */
  groupId: z.uuid(),
  userId: z.uuid(),
  sessionId: z.uuid(),
  /** The phone number (E.164) of the account that is, or was, in the group. */
  account: z.string(),
  /** `…@g.us` */
  chat: z.string(),
});
export type GroupOwner = Readonly<z.output<typeof GroupOwner>>;

const Person = z.object({
  /** E.164. */
  phoneNumber: z.string().nullable(),
  /** `…@lid` */
  lid: z.string().nullable(),
});
export type GroupPerson = Readonly<z.output<typeof Person>>;

export const GroupRole = z.enum(['member', 'admin', 'owner']);
const Participant = Person.extend({ role: GroupRole });
export type GroupParticipant = Readonly<z.output<typeof Participant>>;

const Settings = z.object({
  announce: z.boolean(),
  locked: z.boolean(),
  approval: z.boolean(),
  ephemeralSeconds: z.int().min(0),
});

/** What a group is called, and its rules. */
const Facts = z.object({ subject: z.string(), description: z.string().nullable(), settings: Settings });
export type GroupFacts = Readonly<z.output<typeof Facts>>;

/** Who did it; null where WhatsApp names nobody, or it happened while the session was offline. */
const by = Person.nullable();
const participants = z.array(Participant).readonly();
const personal = <Field extends string>(...fields: readonly Field[]) => ({
  personal: { subject: 'groupId' as const, fields: ['account', 'chat', 'by', ...fields] as const },
});

export const groupEvents = eventTypes('group', {
  /** The account is in the group: it joined, was added, made it, or it was found there. */
  GroupJoined: event(
    GroupOwner.extend({
      ...Facts.shape,
      createdAt: time.nullable(),
      createdBy: Person.nullable(),
      participants,
      by,
      joinedAt: time,
    }),
    personal('subject', 'description', 'createdBy', 'participants'),
  ),
  /** The subject, the description or the settings changed: how they are now. */
  GroupUpdated: event(GroupOwner.extend({ ...Facts.shape, by, updatedAt: time }), personal('subject', 'description')),
  /** `changed` have another role now, or an address of theirs became known. */
  GroupParticipantsChanged: event(
    GroupOwner.extend({ added: participants, removed: participants, changed: participants, by, changedAt: time }),
    personal('added', 'removed', 'changed'),
  ),
  /** Somebody asks to join, which its admins decide: the account is one of them. */
  GroupJoinRequested: event(
    GroupOwner.extend({ person: Person, /** By WhatsApp's clock. */ askedAt: time, requestedAt: time }),
    { personal: { subject: 'groupId', fields: ['account', 'chat', 'person'] } },
  ),
  /** The account left, was removed, or was found not to be in the group any more. */
  GroupLeft: event(GroupOwner.extend({ by, leftAt: time }), personal()),
});
export type GroupEvent = EventOf<typeof groupEvents>;

/** A group without its participants. */
export type GroupView = GroupFacts & {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly account: string;
  readonly chat: string;
  readonly createdAt: string | null;
  readonly createdBy: GroupPerson | null;
  /** Whether the account is in it. */
  readonly joined: boolean;
  readonly joinedAt: string;
  readonly leftAt: string | null;
  readonly updatedAt: string;
};

/** @throws {DomainError} `group_not_found`, also where it is another user's */
export type GetGroup = Query<
  'GetGroup',
  { readonly userId: string; readonly groupId: string },
  GroupView & { readonly participants: readonly GroupParticipant[] }
>;

/** Those that the accounts are in, newest first. */
export type ListGroups = Query<
  'ListGroups',
  {
    readonly userId: string;
    readonly sessionId?: string;
    readonly q?: string;
    readonly limit: number;
    readonly cursor?: string;
  },
  Page<GroupView>
>;
