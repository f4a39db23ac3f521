import type { Picture } from './account.js';
import type { Addressing } from './address.js';
import type { NameLookup } from './stanza.js';

/** Admins manage participants; the superadmin created the group and cannot be removed. */
export type GroupRole = 'member' | 'admin' | 'superadmin';

export type GroupSettings = {
  /** Only admins write. */
  readonly announce: boolean;
  /** Only admins change the subject and the description. */
  readonly locked: boolean;
  /** Admins decide who joins by the invite link. */
  readonly approval: boolean;
  /** New messages disappear after this time; 0: they stay. */
  readonly ephemeralSeconds: number;
};

const usualSettings: GroupSettings = { announce: false, locked: false, approval: false, ephemeralSeconds: 0 };

/** `at` is in Unix seconds. */
export type GroupDescription = {
  readonly id: string;
  readonly text: string;
  readonly by: string;
  readonly at: number;
};

/** A group as the public API shows it. */
export type GroupView = {
  readonly jid: string;
  readonly subject: string;
  readonly description: string | null;
  readonly settings: GroupSettings;
  /** Numbers of those who ask to join. */
  readonly requests: readonly string[];
  /** Whether members are addressed by phone number or LID. */
  readonly addressing: Addressing;
  /** Number of the creator. */
  readonly createdBy: string;
  readonly createdAt: string;
  readonly participants: readonly { readonly number: string; readonly lid: string; readonly role: GroupRole }[];
};

export type GroupSnapshot = {
  readonly jid: string;
  readonly addressing: Addressing;
  readonly createdBy: string;
  /** Unix seconds, like all times of a group. */
  readonly createdAt: number;
  readonly subject: string;
  readonly subjectBy: string;
  readonly subjectAt: number;
  readonly members: readonly (readonly [number: string, role: GroupRole])[];
  readonly description?: GroupDescription | undefined;
  readonly settings?: GroupSettings;
  readonly inviteCode?: string | undefined;
  readonly requests?: readonly (readonly [number: string, askedAt: number])[];
  readonly picture?: Picture | undefined;
};

/** A group. Members are stored by phone number, independent of the addressing. */
export class Group {
  readonly jid: string;
  readonly addressing: Addressing;
  readonly createdBy: string;
  readonly createdAt: number;
  subject: string;
  subjectBy: string;
  subjectAt: number;
  /** In the order in which they joined. */
  readonly members: Map<string, GroupRole>;
  description: GroupDescription | undefined;
  settings: GroupSettings;
  /** Made when it is first asked for. */
  inviteCode: string | undefined;
  picture: Picture | undefined;
  /** Who asks to join, and since when. */
  readonly requests: Map<string, number>;

  constructor({
    jid,
    addressing,
    createdBy,
    createdAt,
    subject,
    subjectBy,
    subjectAt,
    members,
    ...more
  }: GroupSnapshot) {
    this.jid = jid;
    this.addressing = addressing;
    this.createdBy = createdBy;
    this.createdAt = createdAt;
    this.subject = subject;
    this.subjectBy = subjectBy;
    this.subjectAt = subjectAt;
    this.members = new Map(members);
    this.description = more.description;
    this.settings = more.settings ?? usualSettings;
    this.inviteCode = more.inviteCode;
    this.picture = more.picture;
    this.requests = new Map(more.requests);
  }

  has = (number: string): boolean => this.members.has(number);
  isAdmin = (number: string): boolean => (this.members.get(number) ?? 'member') !== 'member';

  /** Promotes the oldest member if no admin is left. Returns its number. */
  electAdmin(): string | undefined {
    const [oldest] = this.members.keys();
    if (oldest === undefined || [...this.members.values()].some((role) => role !== 'member')) return undefined;
    this.members.set(oldest, 'admin');
    return oldest;
  }

  snapshot(): GroupSnapshot {
    const { jid, addressing, createdBy, createdAt, subject, subjectBy, subjectAt } = this;
    const { description, settings, inviteCode, picture } = this;
    const members = [...this.members];
    const requests = [...this.requests];
    const made = { jid, addressing, createdBy, createdAt };
    return { ...made, subject, subjectBy, subjectAt, description, settings, inviteCode, members, requests, picture };
  }
}

export const groupView = (
  { jid, subject, description, settings, requests, addressing, createdBy, createdAt, members }: Group,
  names: NameLookup,
): GroupView => ({
  jid,
  subject,
  description: description?.text ?? null,
  settings,
  requests: [...requests.keys()],
  addressing,
  createdBy,
  createdAt: new Date(createdAt * 1000).toISOString(),
  participants: [...members].map(([number, role]) => ({ number, lid: names.lidOf(number), role })),
});
