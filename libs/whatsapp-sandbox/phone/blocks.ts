import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { digitsOf } from '../network/address.js';
import type { Network } from '../network/network.js';

/** Whom a phone blocks. */
export class PhoneBlocks {
  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
  ) {}

  /** Their numbers. */
  list = (): readonly string[] => [...this.account.blocked];

  /** Throws a SandboxError if the number is not on WhatsApp. */
  add = (number: string): void => this.#set(number, true);
  remove = (number: string): void => this.#set(number, false);

  #set(number: string, isBlocked: boolean): void {
    const other = this.network.directory.findOrCreate(digitsOf(number) ?? '');
    if (!other) throw new SandboxError('unknown_number', `${number} is not on WhatsApp`);
    this.account.setBlocked(other, isBlocked);
    this.network.parts.changed();
  }
}
