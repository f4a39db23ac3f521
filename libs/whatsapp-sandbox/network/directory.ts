import { createHash } from 'node:crypto';
import { SandboxError } from '../errors.js';
import { Account } from './account.js';
import { digitsOf, isLid, isPerson, parseJid } from './address.js';
import type { Names } from './stanza.js';

/** Fifteen digits, the same for a number in every run. */
const lidFor = (number: string): string =>
  String(
    100_000_000_000_000n + (createHash('sha256').update(number).digest().readBigUInt64BE() % 900_000_000_000_000n),
  );

/** All accounts, by phone number and by LID. */
export class Directory implements Names {
  readonly #byNumber = new Map<string, Account>();
  readonly #byLid = new Map<string, Account>();

  /** `outfit` gives a new account its phone. */
  constructor(
    private readonly outfit: (account: Account) => void,
    private readonly capacity: number,
  ) {}

  /** Throws when the number is no phone number or is taken. */
  create(number: string, name?: string): Account {
    const digits = digitsOf(number);
    if (digits === undefined) throw new SandboxError('invalid_argument', `${number} is no phone number`);
    if (this.#byNumber.has(digits)) throw new SandboxError('already_exists', `there is a phone with number ${digits}`);
    const account = new Account(digits, lidFor(digits), name ?? `+${digits}`);
    this.outfit(account);
    this.add(account);
    return account;
  }

  add(account: Account): void {
    this.#byNumber.set(account.number, account);
    this.#byLid.set(account.lid, account);
  }

  find(number: string): Account | undefined {
    return this.#byNumber.get(number);
  }

  /** Like `find`, but a number that was never seen gets a phone, if there is room: to clients everybody is on WhatsApp. */
  reach(number: string): Account | undefined {
    const known = this.#byNumber.get(number);
    if (known) return known.exists ? known : undefined;
    const isNumber = digitsOf(number) === number;
    return isNumber && this.#byNumber.size < this.capacity ? this.create(number) : undefined;
  }

  /** The account that a jid of either kind means, if it can be reached. */
  byJid(text: string | undefined): Account | undefined {
    const jid = parseJid(text);
    if (jid === undefined || !isPerson(jid)) return undefined;
    if (!isLid(jid)) return this.reach(jid.user);
    const account = this.#byLid.get(jid.user);
    return account?.exists ? account : undefined;
  }

  list(): readonly Account[] {
    return [...this.#byNumber.values()];
  }

  lidOf = (number: string): string => this.#byNumber.get(number)?.lid ?? lidFor(number);
  nameOf = (number: string): string | undefined => this.#byNumber.get(number)?.name;
}
