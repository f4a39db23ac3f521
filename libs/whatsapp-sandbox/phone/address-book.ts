import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { digitsOf, lidJid, parseJid, pnJid } from '../network/address.js';
import type { Network } from '../network/network.js';
import { AccountState } from './account-state.js';

/** Somebody whom a phone has given a name. */
export type SavedContact = { readonly number: string; readonly name: string };

/** The address book of a phone. Its linked clients hear of changes. */
export class AddressBook {
  readonly #state: AccountState;

  constructor(
    account: SandboxAccount,
    private readonly network: Network,
  ) {
    this.#state = new AccountState('critical_unblock_low', account, network);
  }

  /** Throws a SandboxError if the number is not on WhatsApp. An empty name removes the contact. */
  save(number: string, name: string): void {
    const other = this.network.directory.findOrCreate(digitsOf(number) ?? '');
    if (!other) throw new SandboxError('unknown_number', `${number} is not on WhatsApp`);
    const lid = other.isLidKnown ? { lidJid: lidJid(other.lid) } : {};
    this.#state.write({
      index: ['contact', pnJid(other.number)],
      value: { contactAction: { fullName: name, ...lid } },
    });
  }

  list(): readonly SavedContact[] {
    return this.#state.read().flatMap(({ index: [, jid], value }) => {
      const name = value.contactAction?.fullName;
      return name ? [{ number: parseJid(jid)?.user ?? '', name }] : [];
    });
  }
}
