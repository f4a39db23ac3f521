import { createHash } from 'node:crypto';
import { SandboxError } from '../errors.js';
import { SandboxAccount } from './account.js';
import { digitsOf, isLidJid, isPersonJid, parseJid } from './address.js';
import type { NameLookup } from './stanza.js';

/** Fifteen digits, derived from the number so that they are the same in every run. */
const lidFor = (number: string): string =>
  String(
    100_000_000_000_000n + (createHash('sha256').update(number).digest().readBigUInt64BE() % 900_000_000_000_000n),
  );

/** All accounts by phone number and LID. */
export class AccountDirectory implements NameLookup {
  readonly #byNumber = new Map<string, SandboxAccount>();
  readonly #byLid = new Map<string, SandboxAccount>();
  readonly #byAlias = new Map<string, SandboxAccount>();

  /** `addPhone` must set `phone` of a new account. */
  constructor(
    private readonly addPhone: (account: SandboxAccount) => void,
    private readonly capacity: number,
  ) {}

  /** Throws if the number or an alias is invalid or taken. */
  create(number: string, name?: string, aliases: readonly string[] = []): SandboxAccount {
    const digits = this.#free(number);
    const account = new SandboxAccount(digits, lidFor(digits), name ?? `+${digits}`);
    account.aliases = aliases.map((alias) => this.#free(alias)).filter((alias) => alias !== digits);
    this.addPhone(account);
    this.add(account);
    return account;
  }

  /** Replaces the aliases of an account. Throws if one is invalid or taken. */
  setAliases(account: SandboxAccount, aliases: readonly string[]): void {
    const others = aliases.filter((alias) => this.#byAlias.get(digitsOf(alias) ?? '') !== account);
    for (const alias of others) this.#free(alias);
    for (const alias of account.aliases) this.#byAlias.delete(alias);
    account.aliases = aliases.flatMap((alias) => digitsOf(alias) ?? []);
    for (const alias of account.aliases) this.#byAlias.set(alias, account);
  }

  add(account: SandboxAccount): void {
    this.#byNumber.set(account.number, account);
    this.#byLid.set(account.lid, account);
    for (const alias of account.aliases) this.#byAlias.set(alias, account);
  }

  /** By number or alias. */
  find(number: string): SandboxAccount | undefined {
    return this.#byNumber.get(number) ?? this.#byAlias.get(number);
  }

  /** Like `find`, but creates an account for an unknown number: to clients, every number is on WhatsApp. */
  findOrCreate(number: string): SandboxAccount | undefined {
    const known = this.find(number);
    if (known) return known.exists ? known : undefined;
    const isNumber = digitsOf(number) === number;
    return isNumber && this.#byNumber.size < this.capacity ? this.create(number) : undefined;
  }

  /** The account of a phone number jid or LID; undefined if it is not on WhatsApp. */
  byJid(text: string | undefined): SandboxAccount | undefined {
    const jid = parseJid(text);
    if (jid === undefined || !isPersonJid(jid)) return undefined;
    if (!isLidJid(jid)) return this.findOrCreate(jid.user);
    const account = this.#byLid.get(jid.user);
    return account?.exists && account.isLidKnown ? account : undefined;
  }

  list(): readonly SandboxAccount[] {
    return [...this.#byNumber.values()];
  }

  publicLidOf = (number: string): string | undefined => {
    const account = this.#byNumber.get(number);
    return account && !account.isLidKnown ? undefined : this.lidOf(number);
  };
  lidOf = (number: string): string => this.#byNumber.get(number)?.lid ?? lidFor(number);
  nameOf = (number: string): string | undefined => this.#byNumber.get(number)?.name;

  /** The digits of a number that is not in use. */
  #free(number: string): string {
    const digits = digitsOf(number);
    if (digits === undefined) throw new SandboxError('invalid_argument', `${number} is not a phone number`);
    if (this.find(digits)) throw new SandboxError('already_exists', `a phone with the number ${digits} exists already`);
    return digits;
  }
}
