import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import type { Addressing } from '../network/address.js';
import { groupView, type Group, type GroupSettings, type GroupView } from '../network/group.js';
import type { MemberAction } from '../network/member-action.js';
import type { Network } from '../network/network.js';

/** `participants` are numbers in any notation; the creator is always a member. */
export type NewPhoneGroup = {
  readonly subject: string;
  readonly participants: readonly string[];
  /** Default: LID, as in all current WhatsApp groups. */
  readonly addressing?: Addressing;
};

/**
 * The groups of a phone. All methods but `list` throw a SandboxError: `phone_offline`, `not_found` for an unknown group,
 * `not_allowed` if the phone is not a member or not an admin, `unknown_number` for people who are not on WhatsApp.
 */
export class PhoneGroups {
  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
    private readonly isOnline: () => boolean,
  ) {}

  create({ subject, participants, addressing }: NewPhoneGroup): GroupView {
    this.#requireOnline();
    const members = this.#accounts(participants);
    return this.#view(this.network.groups.create(this.account.number, { subject, members, addressing }));
  }

  /** The groups of which this phone is a member. */
  list = (): readonly GroupView[] => this.network.groups.of(this.account.number).map((group) => this.#view(group));
  get = (jid: string): GroupView => this.#view(this.#group(jid));

  add = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'add', numbers);
  remove = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'remove', numbers);
  promote = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'promote', numbers);
  demote = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'demote', numbers);

  rename(jid: string, subject: string): GroupView {
    this.#requireOnline();
    this.network.groups.rename(this.account.number, jid, subject);
    return this.get(jid);
  }

  /** An empty description is removed. */
  describe(jid: string, description: string): GroupView {
    this.#requireOnline();
    this.network.groups.describe(this.account.number, jid, description);
    return this.get(jid);
  }

  set(jid: string, settings: Partial<GroupSettings>): GroupView {
    this.#requireOnline();
    this.network.groups.set(this.account.number, jid, settings);
    return this.get(jid);
  }

  /** The code of the invite link; with `renew` a new one. */
  invite(jid: string, renew = false): string {
    this.#requireOnline();
    return this.network.groups.invite(this.account.number, jid, renew);
  }

  /** Joins by an invite code, or asks to. */
  join(code: string): { readonly jid: string; readonly joined: boolean } {
    this.#requireOnline();
    const group = this.network.groups.join(this.account.number, code);
    return { jid: group.jid, joined: group.has(this.account.number) };
  }

  /** Throws if some did not ask; the others are answered all the same. */
  answerRequests(jid: string, answer: 'approve' | 'reject', ...numbers: readonly string[]): GroupView {
    this.#requireOnline();
    const asking = this.#accounts(numbers).map(({ number }) => number);
    requireAll(answer, this.network.groups.answerRequests(this.account.number, jid, answer, asking));
    return this.get(jid);
  }

  leave(jid: string): void {
    this.#requireOnline();
    this.network.groups.leave(this.account.number, jid);
  }

  /** Throws if some participants could not be changed; the others are changed all the same. */
  #change(jid: string, action: MemberAction, numbers: readonly string[]): GroupView {
    this.#requireOnline();
    const group = this.#group(jid);
    const outcomes = this.network.groups.change(this.account.number, jid, action, this.#accounts(numbers));
    requireAll(action, outcomes);
    return this.#view(group);
  }

  #accounts(numbers: readonly string[]): readonly SandboxAccount[] {
    return numbers.map((number) => {
      const account = this.network.directory.findOrCreate(number.replace(/[\s\-+().]/g, ''));
      if (!account) throw new SandboxError('unknown_number', `${number} is not on WhatsApp`);
      return account;
    });
  }

  #group = (jid: string): Group => this.network.groups.forMember(jid, this.account.number);
  #view = (group: Group): GroupView => groupView(group, this.network.directory);

  #requireOnline(): void {
    if (!this.isOnline()) throw new SandboxError('phone_offline', `the phone ${this.account.number} is offline`);
  }
}

const requireAll = (action: string, outcomes: ReadonlyMap<string, number>): void => {
  const failed = [...outcomes].filter(([, outcome]) => outcome !== 200).map(([number]) => number);
  if (failed.length > 0) throw new SandboxError('not_allowed', `cannot ${action} ${failed.join(', ')}`);
};
