import type { Person } from './addresses.js';

/** The owner made the group and cannot be removed. */
export type GroupRole = 'member' | 'admin' | 'owner';
export type GroupParticipant = Person & { readonly role: GroupRole };

export type GroupSettings = {
  /** Only admins write. */
  readonly announce: boolean;
  /** Only admins change the subject and the description. */
  readonly locked: boolean;
  /** Admins decide who joins by the invite link. */
  readonly approval: boolean;
  /** New messages disappear after this time; 0 where they stay. */
  readonly ephemeralSeconds: number;
};

/** A group as its members see it. */
export type Group = {
  /** `…@g.us` */
  readonly jid: string;
  readonly subject: string;
  readonly description: string | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly createdBy: Person | null;
  readonly settings: GroupSettings;
  readonly participants: readonly GroupParticipant[];
};

export type ParticipantAction = 'add' | 'remove' | 'promote' | 'demote';

/** What became of one person in a change that concerns several. */
export type ParticipantOutcome = {
  /** As asked. */
  readonly jid: string;
  /** Why WhatsApp refused it, such as 403 or 409; null where it is done. */
  readonly refusedWith: number | null;
};

/** What is left out stays. */
export type GroupChange = {
  readonly subject?: string;
  /** An empty one is removed. */
  readonly description?: string;
  readonly settings?: Partial<GroupSettings>;
};

export type JoinRequest = Person & {
  /** ISO 8601. */
  readonly askedAt: string | null;
};

/**
 * The groups of the accounts that sessions are linked to. Jids of people may be by number or by LID.
 * All of it asks WhatsApp. @throws {NotConnected} @throws {QueryFailed} with WhatsApp's code: 403 where the account may not, 404 where there
 * is no such group
 */
export type WhatsAppGroups = {
  /** All groups that the account is in. */
  all(sessionId: string): Promise<readonly Group[]>;
  find(sessionId: string, jid: string): Promise<Group>;
  /** The account is its owner. Who could not be added is missing among the participants. Called twice, it makes two. */
  create(sessionId: string, subject: string, people: readonly string[]): Promise<Group>;
  /** Each part is a question of its own: where it rejects, the parts before are done. */
  change(sessionId: string, jid: string, change: GroupChange): Promise<void>;
  /** Sets the picture (a square JPEG of at most 640 pixels), or removes it: null. */
  setPicture(sessionId: string, jid: string, jpeg: Uint8Array | null): Promise<void>;
  /** Who is missing in WhatsApp's answer is missing in this one. Where it rejects without a code of WhatsApp, the change may be made. */
  changeParticipants(
    sessionId: string,
    jid: string,
    action: ParticipantAction,
    people: readonly string[],
  ): Promise<readonly ParticipantOutcome[]>;
  leave(sessionId: string, jid: string): Promise<void>;
  /** The code of the invite link. `renew`: a new one, and the former ends. */
  invite(sessionId: string, jid: string, renew: boolean): Promise<string>;
  /** Joins by the code of an invite link. Resolves with the jid of the group, which may still have to approve. */
  join(sessionId: string, code: string): Promise<string>;
  joinRequests(sessionId: string, jid: string): Promise<readonly JoinRequest[]>;
  /** As `changeParticipants`. */
  answerJoinRequests(
    sessionId: string,
    jid: string,
    answer: 'approve' | 'reject',
    people: readonly string[],
  ): Promise<readonly ParticipantOutcome[]>;
};

export const groupMethods = [
  'all',
  'find',
  'create',
  'change',
  'setPicture',
  'changeParticipants',
  'leave',
  'invite',
  'join',
  'joinRequests',
  'answerJoinRequests',
] as const satisfies readonly (keyof WhatsAppGroups)[];
