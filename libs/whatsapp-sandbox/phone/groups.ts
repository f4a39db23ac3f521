import { SandboxError } from '../errors.js';
import type { Account } from '../network/account.js';
import type { Addressing } from '../network/address.js';
import { groupView, type Group, type GroupView } from '../network/group.js';
import type { MemberAction } from '../network/groups.js';
import type { Network } from '../network/network.js';

/** `participants` are numbers in any notation; whoever makes the group is in it anyway. */
export type NewPhoneGroup = {
  readonly subject: string;
  readonly participants: readonly string[];
  /** By which of their names members know each other; LID, as in all groups of today, unless it says otherwise. */
  readonly addressing?: Addressing;
};

/**
 * What a phone does about groups. All but `list` throw a SandboxError: `phone_offline`, `not_found` for an unknown
 * group, `not_allowed` for one that the phone is not in or not admin of, `unknown_number` for people not on WhatsApp.
 */
export class PhoneGroups {
  constructor(
    private readonly account: Account,
    private readonly network: Network,
    private readonly isOnline: () => boolean,
  ) {}

  create({ subject, participants, addressing }: NewPhoneGroup): GroupView {
    this.#mustBeOnline();
    const members = this.#people(participants);
    return this.#view(this.network.groups.create(this.account.number, { subject, members, addressing }));
  }

  /** The groups that this phone is in. */
  list = (): readonly GroupView[] => this.network.groups.of(this.account.number).map((group) => this.#view(group));
  get = (jid: string): GroupView => this.#view(this.#group(jid));

  add = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'add', numbers);
  remove = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'remove', numbers);
  promote = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'promote', numbers);
  demote = (jid: string, ...numbers: readonly string[]): GroupView => this.#change(jid, 'demote', numbers);

  rename(jid: string, subject: string): GroupView {
    this.#mustBeOnline();
    this.network.groups.rename(this.account.number, jid, subject);
    return this.get(jid);
  }

  leave(jid: string): void {
    this.#mustBeOnline();
    this.network.groups.leave(this.account.number, jid);
  }

  /** Throws when somebody could not be changed; with the others it is done all the same. */
  #change(jid: string, action: MemberAction, numbers: readonly string[]): GroupView {
    this.#mustBeOnline();
    const group = this.#group(jid);
    const outcomes = this.network.groups.change(this.account.number, jid, action, this.#people(numbers));
    const failed = [...outcomes].filter(([, outcome]) => outcome !== 200).map(([number]) => number);
    if (failed.length > 0) throw new SandboxError('not_allowed', `cannot ${action} ${failed.join(', ')}`);
    return this.#view(group);
  }

  #people(numbers: readonly string[]): readonly Account[] {
    return numbers.map((number) => {
      const account = this.network.directory.reach(number.replace(/[\s\-+().]/g, ''));
      if (!account) throw new SandboxError('unknown_number', `${number} is not on WhatsApp`);
      return account;
    });
  }

  #group = (jid: string): Group => this.network.groups.forMember(jid, this.account.number);
  #view = (group: Group): GroupView => groupView(group, this.network.directory);

  #mustBeOnline(): void {
    if (!this.isOnline()) throw new SandboxError('phone_offline', `the phone ${this.account.number} is offline`);
  }
}
