import type { Addressing } from './address.js';
import type { NameLookup } from './stanza.js';

/** Admins manage participants; the superadmin created the group and cannot be removed. */
export type GroupRole = 'member' | 'admin' | 'superadmin';

/** A group as the public API shows it. */
export type GroupView = {
  readonly jid: string;
  readonly subject: string;
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

  constructor({ jid, addressing, createdBy, createdAt, subject, subjectBy, subjectAt, members }: GroupSnapshot) {
    this.jid = jid;
    this.addressing = addressing;
    this.createdBy = createdBy;
    this.createdAt = createdAt;
    this.subject = subject;
    this.subjectBy = subjectBy;
    this.subjectAt = subjectAt;
    this.members = new Map(members);
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
    const { jid, addressing, createdBy, createdAt, subject, subjectBy, subjectAt, members } = this;
    return { jid, addressing, createdBy, createdAt, subject, subjectBy, subjectAt, members: [...members] };
  }
}

export const groupView = (
  { jid, subject, addressing, createdBy, createdAt, members }: Group,
  names: NameLookup,
): GroupView => ({
  jid,
  subject,
  addressing,
  createdBy,
  createdAt: new Date(createdAt * 1000).toISOString(),
  participants: [...members].map(([number, role]) => ({ number, lid: names.lidOf(number), role })),
});
