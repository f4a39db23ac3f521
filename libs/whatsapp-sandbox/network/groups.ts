import { randomInt } from 'node:crypto';
import { SandboxError } from '../errors.js';
import { el, type BinaryNode } from '../transport/wire.js';
import type { SandboxAccount } from './account.js';
import type { Addressing, DeviceAddress } from './address.js';
import type { AccountDirectory } from './account-directory.js';
import { actorAttrs, groupNode, participantNode } from './group-stanza.js';
import { Group, type GroupRole, type GroupSnapshot } from './group.js';
import { unixSeconds, type Device } from './mail.js';

export type MemberAction = 'add' | 'remove' | 'promote' | 'demote';

/** Result of a change for one person, in WhatsApp's codes; 200 is success. */
type MemberOutcome = 200 | 403 | 404 | 409;

export type NewGroup = {
  readonly subject: string;
  readonly members: readonly SandboxAccount[];
  /** Default: LID, as in all current WhatsApp groups. */
  readonly addressing?: Addressing | undefined;
  /** Lets the client that created the group recognize it. */
  readonly key?: string | undefined;
};

const maxSubjectLength = 100;
const maxGroups = 10_000;
const maxGroupMembers = 1_024;
const roleAfter: { readonly [A in MemberAction]?: GroupRole } = { add: 'member', promote: 'admin', demote: 'member' };

/** All groups. Changes are authorized and announced to the clients of the members. */
export class Groups {
  readonly #groups = new Map<string, Group>();

  constructor(
    private readonly directory: AccountDirectory,
    private readonly changed: () => void,
  ) {}

  get = (jid: string): Group | undefined => this.#groups.get(jid);
  list = (): readonly Group[] => [...this.#groups.values()];

  /** The groups of a person. */
  of = (number: string): readonly Group[] => this.list().filter((group) => group.has(number));

  /** Throws if there is no such group or the person is not a member. */
  forMember(jid: string, number: string): Group {
    const group = this.#groups.get(jid);
    if (!group) throw new SandboxError('not_found', `unknown group ${jid}`);
    if (!group.has(number)) throw new SandboxError('not_allowed', `${number} is not a member of group ${jid}`);
    return group;
  }

  /** All devices of the members, except the sending one. */
  recipients(group: Group, sender: DeviceAddress): readonly Device[] {
    return [...group.members.keys()]
      .flatMap((number) => this.directory.find(number)?.devices() ?? [])
      .filter(({ address }) => address.number !== sender.number || address.device !== sender.device);
  }

  /** Throws if the subject is invalid or too many groups or members. */
  create(creator: string, { subject, members, addressing = 'lid', key }: NewGroup): Group {
    const now = unixSeconds();
    const roles = new Map<string, GroupRole>(members.map(({ number }) => [number, 'member']));
    roles.delete(creator);
    checkSize(roles.size + 1);
    if (this.#groups.size >= maxGroups) throw new SandboxError('not_allowed', 'too many groups');
    const group = new Group({
      jid: this.#freeJid(),
      addressing,
      createdBy: creator,
      createdAt: now,
      subject: checkSubject(subject),
      subjectBy: creator,
      subjectAt: now,
      members: [[creator, 'superadmin'], ...roles],
    });
    this.#groups.set(group.jid, group);
    const content = el('create', { type: 'new', key }, [groupNode(group, this.directory)]);
    this.#announce(group, creator, content, group.members.keys());
    return group;
  }

  /** Returns the outcome for each person. Throws if the actor is not allowed to make the change. */
  change(
    actor: string,
    jid: string,
    action: MemberAction,
    people: readonly SandboxAccount[],
  ): Map<string, MemberOutcome> {
    const group = this.forMember(jid, actor);
    if (action !== 'add' && !group.isAdmin(actor)) {
      throw new SandboxError('not_allowed', `${actor} is not an admin of group ${jid}`);
    }
    const outcomes = new Map(people.map(({ number }) => [number, outcomeOf(group, action, number)]));
    const done = [...outcomes].flatMap(([number, outcome]) => (outcome === 200 ? [number] : []));
    if (done.length === 0) return outcomes;
    if (action === 'add') checkSize(group.members.size + done.length);
    if (action === 'remove') {
      this.#remove(group, actor, done);
    } else {
      const before = [...group.members.keys()];
      for (const number of done) group.members.set(number, roleAfter[action] ?? 'member');
      this.#announceMembers(group, actor, action, done, before);
      if (action === 'add') this.#announce(group, actor, el('create', {}, [groupNode(group, this.directory)]), done);
    }
    return outcomes;
  }

  leave(number: string, jid: string): void {
    this.#remove(this.forMember(jid, number), number, [number]);
  }

  rename(actor: string, jid: string, subject: string): void {
    const group = this.forMember(jid, actor);
    group.subject = checkSubject(subject);
    group.subjectBy = actor;
    group.subjectAt = unixSeconds();
    const content = el('subject', { subject, s_t: String(group.subjectAt) });
    this.#announce(group, actor, content, group.members.keys());
  }

  snapshot = (): readonly GroupSnapshot[] => this.list().map((group) => group.snapshot());

  restore(groups: readonly GroupSnapshot[]): void {
    for (const stored of groups) this.#groups.set(stored.jid, new Group(stored));
  }

  #remove(group: Group, actor: string, numbers: readonly string[]): void {
    const before = [...group.members.keys()];
    for (const number of numbers) group.members.delete(number);
    for (const number of before) this.directory.find(number)?.phone.renewSenderKey(group.jid);
    this.#announceMembers(group, actor, 'remove', numbers, before);
    if (group.members.size === 0) this.#groups.delete(group.jid);
    const admin = group.electAdmin();
    if (admin !== undefined) this.#announceMembers(group, actor, 'promote', [admin], group.members.keys());
  }

  #announceMembers(
    group: Group,
    actor: string,
    action: MemberAction,
    numbers: readonly string[],
    audience: Iterable<string>,
  ): void {
    const people = numbers.map((number) => participantNode(number, group, this.directory, group.members.get(number)));
    this.#announce(group, actor, el(action, {}, people), audience);
  }

  /** Notifies the clients of these people, including those of the actor. */
  #announce(group: Group, actor: string, content: BinaryNode, audience: Iterable<string>): void {
    const attrs = actorAttrs(actor, group, this.directory);
    for (const number of audience) {
      for (const companion of this.directory.find(number)?.companions.values() ?? []) {
        companion.notify('w:gp2', [content], group.jid, attrs);
      }
    }
    this.changed();
  }

  #freeJid(): string {
    for (;;) {
      const jid = `120363${String(randomInt(10 ** 12)).padStart(12, '0')}@g.us`;
      if (!this.#groups.has(jid)) return jid;
    }
  }
}

function outcomeOf(group: Group, action: MemberAction, number: string): MemberOutcome {
  if (action === 'add') return group.has(number) ? 409 : 200;
  if (!group.has(number)) return 404;
  return group.members.get(number) === 'superadmin' ? 403 : 200;
}

function checkSize(members: number): void {
  if (members > maxGroupMembers)
    throw new SandboxError('invalid_argument', `a group must not exceed ${maxGroupMembers} members`);
}

function checkSubject(subject: string): string {
  if (subject === '' || subject.length > maxSubjectLength) {
    throw new SandboxError('invalid_argument', `a subject must have 1 to ${maxSubjectLength} characters`);
  }
  return subject;
}
