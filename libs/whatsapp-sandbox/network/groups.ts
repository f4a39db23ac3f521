import { randomBytes, randomInt } from 'node:crypto';
import { SandboxError } from '../errors.js';
import { el, type Attrs, type BinaryNode } from '../transport/wire.js';
import type { Picture, SandboxAccount } from './account.js';
import type { Addressing, DeviceAddress } from './address.js';
import type { AccountDirectory } from './account-directory.js';
import { actorAttrs, changedSettingNodes, groupNode, participantNode } from './group-stanza.js';
import { Group, type GroupRole, type GroupSettings, type GroupSnapshot } from './group.js';
import { unixSeconds, type Device } from './mail.js';
import type { MemberAction, RequestAnswer } from './member-action.js';

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
const maxDescriptionLength = 2_048;
const maxGroups = 10_000;
const maxGroupMembers = 1_024;
const roleAfter = { promote: 'admin', demote: 'member' } as const satisfies {
  readonly [A in MemberAction]?: GroupRole;
};

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
    const group = action === 'add' ? this.forMember(jid, actor) : this.forAdmin(jid, actor);
    const outcomes = new Map(people.map(({ number }) => [number, outcomeOf(group, action, number)]));
    const done = [...outcomes].flatMap(([number, outcome]) => (outcome === 200 ? [number] : []));
    if (done.length === 0) return outcomes;
    if (action === 'add') {
      this.#add(group, actor, done);
    } else if (action === 'remove') {
      this.#remove(group, actor, done);
    } else {
      for (const number of done) group.members.set(number, roleAfter[action]);
      this.#announceMembers(group, actor, action, done, group.members.keys());
    }
    return outcomes;
  }

  leave(number: string, jid: string): void {
    this.#remove(this.forMember(jid, number), number, [number]);
  }

  rename(actor: string, jid: string, subject: string): void {
    const group = this.#changeableBy(actor, jid);
    group.subject = checkSubject(subject);
    group.subjectBy = actor;
    group.subjectAt = unixSeconds();
    const content = el('subject', { subject, s_t: String(group.subjectAt) });
    this.#announce(group, actor, content, group.members.keys());
  }

  /** An empty description is removed. */
  describe(actor: string, jid: string, text: string): void {
    const group = this.#changeableBy(actor, jid);
    if (text.length > maxDescriptionLength)
      throw new SandboxError('invalid_argument', `a description must not exceed ${maxDescriptionLength} characters`);
    const id = randomBytes(10).toString('hex').toUpperCase();
    group.description = text === '' ? undefined : { id, text, by: actor, at: unixSeconds() };
    const body = text === '' ? [] : [el('body', {}, Buffer.from(text))];
    this.#announce(group, actor, el('description', { id }, body), group.members.keys());
  }

  /** Throws if the actor may not change the group. */
  show(actor: string, jid: string, picture: Picture | undefined): void {
    this.#changeableBy(actor, jid).picture = picture;
    this.changed();
  }

  /** Throws if the actor is not an admin. */
  set(actor: string, jid: string, change: Partial<GroupSettings>): void {
    const group = this.forAdmin(jid, actor);
    const before = group.settings;
    group.settings = { ...before, ...change };
    for (const node of changedSettingNodes(before, group.settings)) {
      this.#announce(group, actor, node, group.members.keys());
    }
  }

  /** The code of the group's invite link; with `renew` a new one. Throws if the actor is not an admin. */
  invite(actor: string, jid: string, renew: boolean): string {
    const group = this.forAdmin(jid, actor);
    const isNew = renew || group.inviteCode === undefined;
    const code = isNew ? randomBytes(16).toString('base64url') : group.inviteCode!;
    group.inviteCode = code;
    if (isNew) this.changed();
    if (renew) this.#announce(group, actor, el('invite', { code }), group.members.keys());
    return code;
  }

  /** Joins, or asks to join where admins decide. Throws if the code is unknown. */
  join(number: string, code: string): Group {
    const group = this.list().find(({ inviteCode }) => inviteCode === code);
    if (!group) throw new SandboxError('not_found', 'the invite is not valid');
    if (group.has(number)) return group;
    if (group.settings.approval) {
      group.requests.set(number, unixSeconds());
      const asks = el('created_membership_requests', { request_method: 'invite_link' }, [
        participantNode(number, group, this.directory),
      ]);
      this.#announce(group, number, asks, adminsOf(group));
    } else {
      this.#add(group, number, [number], { reason: 'invite' });
    }
    return group;
  }

  /** Decides about those who ask to join. Throws if the actor is not an admin. */
  answerRequests(
    actor: string,
    jid: string,
    answer: RequestAnswer,
    numbers: readonly string[],
  ): Map<string, MemberOutcome> {
    const group = this.forAdmin(jid, actor);
    const outcomes = new Map(numbers.map((number) => [number, group.requests.has(number) ? 200 : 404] as const));
    const answered = [...outcomes].flatMap(([number, outcome]) => (outcome === 200 ? [number] : []));
    for (const number of answered) group.requests.delete(number);
    if (answered.length === 0) return outcomes;
    if (answer === 'approve') {
      this.#add(group, actor, answered);
    } else {
      const people = answered.map((number) => participantNode(number, group, this.directory));
      this.#announce(group, actor, el('revoked_membership_requests', {}, people), adminsOf(group));
    }
    return outcomes;
  }

  /** Throws if there is no such group or the person is not one of its admins. */
  forAdmin(jid: string, number: string): Group {
    const group = this.forMember(jid, number);
    if (!group.isAdmin(number)) throw new SandboxError('not_allowed', `${number} is not an admin of group ${jid}`);
    return group;
  }

  snapshot = (): readonly GroupSnapshot[] => this.list().map((group) => group.snapshot());

  restore(groups: readonly GroupSnapshot[]): void {
    for (const stored of groups) this.#groups.set(stored.jid, new Group(stored));
  }

  #changeableBy(actor: string, jid: string): Group {
    return this.forMember(jid, actor).settings.locked ? this.forAdmin(jid, actor) : this.forMember(jid, actor);
  }

  #add(group: Group, actor: string, numbers: readonly string[], attrs: Attrs = {}): void {
    checkSize(group.members.size + numbers.length);
    const before = [...group.members.keys()];
    for (const number of numbers) group.members.set(number, 'member');
    this.#announceMembers(group, actor, 'add', numbers, before, attrs);
    this.#announce(group, actor, el('create', {}, [groupNode(group, this.directory)]), numbers);
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
    attrs: Attrs = {},
  ): void {
    const people = numbers.map((number) => participantNode(number, group, this.directory, group.members.get(number)));
    this.#announce(group, actor, el(action, attrs, people), audience);
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

const adminsOf = (group: Group): readonly string[] =>
  [...group.members.keys()].filter((number) => group.isAdmin(number));

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
