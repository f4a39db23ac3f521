import { SandboxError } from './errors.js';
import type { Addressing } from './network/address.js';
import type { MemberAction, RequestAnswer } from './network/member-action.js';

export const faultKinds = [
  'drop',
  'freeze',
  'refuse',
  'upgrade-error',
  'slow-ack',
  'lose-ack',
  'lose-receipt',
  'join-receipts',
  'nack',
  'replaced',
  'logged-out',
  'stream-error',
  'retry',
  'rate-limit',
  'devices-changed',
  'refuse-code',
  'renew-qr',
  'no-keys',
  'refuse-members',
  'lose-members',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/**
 * A fault to inject. Without `number` it applies to any account. It happens `count` times, once by default. `ms` is the delay of a
 * slow ack, the length of a freeze, how long receipts are gathered, or how much later a message is dated when it is repeated after a lost
 * receipt; `code` is the error code to answer with. With `addressing`, a `nack` applies only to messages that address the recipient that way; with
 * `action`, faults of group members apply only to that change.
 */
export type FaultRule = {
  readonly kind: FaultKind;
  readonly number?: string;
  readonly count?: number;
  readonly ms?: number;
  readonly code?: number;
  readonly addressing?: Addressing;
  readonly action?: MemberAction | RequestAnswer;
};

/** A rule that will apply `remaining` more times. */
export type Fault = FaultRule & { readonly id: number; readonly remaining: number };

/** Kinds that act on a connection: at once if the client is connected, otherwise after its next login. */
export const connectionFaultKinds: readonly FaultKind[] = [
  'drop',
  'freeze',
  'replaced',
  'logged-out',
  'stream-error',
  'devices-changed',
];

/** The active rules. Each use counts one down. */
export class Faults {
  #rules: { rule: FaultRule; id: number; remaining: number }[] = [];
  #nextId = 1;
  #onAdd: ((kind: FaultKind) => void) | undefined;

  /** The listener runs after each `add`, so that faults reach open connections at once. */
  onAdd(listener: (kind: FaultKind) => void): void {
    this.#onAdd = listener;
  }

  add(rule: FaultRule): Fault {
    const { kind, count = 1, ms = 0 } = rule;
    if (!faultKinds.includes(kind)) throw new SandboxError('invalid_argument', `unknown fault kind ${kind}`);
    if (!Number.isInteger(count) || count < 1) throw new SandboxError('invalid_argument', 'count must be at least 1');
    if (!(ms >= 0)) throw new SandboxError('invalid_argument', 'ms must not be negative');
    const entry = { rule, id: this.#nextId++, remaining: count };
    const fault = { ...rule, id: entry.id, remaining: count };
    this.#rules.push(entry);
    this.#onAdd?.(kind);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#rules.map(({ rule, id, remaining }) => ({ ...rule, id, remaining }));
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  clear(): void {
    this.#rules = [];
  }

  /** Counts down the oldest rule of that kind that applies to one of the numbers, and returns it. */
  take(kind: FaultKind, ...numbers: readonly string[]): FaultRule | undefined {
    return this.#take(kind, ({ number }) => number === undefined || numbers.includes(number));
  }

  /** Like `take`, for a message of that account to a recipient who is addressed that way. */
  takeNack(sender: string, to: Addressing): FaultRule | undefined {
    return this.#take('nack', ({ number = sender, addressing = to }) => number === sender && addressing === to);
  }

  /** Like `take`, for a change of who is in a group. */
  takeOfMembers(
    kind: 'refuse-members' | 'lose-members',
    by: string,
    change: FaultRule['action'],
  ): FaultRule | undefined {
    return this.#take(kind, ({ number = by, action = change }) => number === by && action === change);
  }

  #take(kind: FaultKind, applies: (rule: FaultRule) => boolean): FaultRule | undefined {
    if (this.isEmpty) return undefined;
    const entry = this.#rules.find(({ rule }) => rule.kind === kind && applies(rule));
    if (!entry) return undefined;
    entry.remaining -= 1;
    if (entry.remaining === 0) this.#rules = this.#rules.filter((other) => other !== entry);
    return entry.rule;
  }
}
