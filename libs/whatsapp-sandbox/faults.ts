import { SandboxError } from './errors.js';

export const FAULT_KINDS = [
  'drop',
  'freeze',
  'refuse',
  'upgrade-error',
  'slow-ack',
  'lose-ack',
  'nack',
  'replaced',
  'logged-out',
  'stream-error',
  'retry',
  'rate-limit',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * Something that shall go wrong. Without `number` it can hit any account. It happens `count` times (once, unless
 * said otherwise). `ms` is the delay of a slow ack or the length of a freeze, `code` the error code of a refusal.
 */
export type FaultRule = {
  readonly kind: FaultKind;
  readonly number?: string;
  readonly count?: number;
  readonly ms?: number;
  readonly code?: number;
};

/** A rule that is waiting to happen `remaining` more times. */
export type Fault = FaultRule & { readonly id: number; readonly remaining: number };

/** Kinds that hit a connection, at once when there is one and otherwise after the next login. */
export const CONNECTION_FAULTS: readonly FaultKind[] = ['drop', 'freeze', 'replaced', 'logged-out', 'stream-error'];

/** The rules that are in force, used up as they are consulted. */
export class Faults {
  #rules: { rule: FaultRule; id: number; remaining: number }[] = [];
  #nextId = 1;
  #onAdded: ((kind: FaultKind) => void) | undefined;

  /** Called after each `add`, so that live connections can be hit at once. */
  whenAdded(listener: (kind: FaultKind) => void): void {
    this.#onAdded = listener;
  }

  add(rule: FaultRule): Fault {
    const { kind, count = 1, ms = 0 } = rule;
    if (!FAULT_KINDS.includes(kind)) throw new SandboxError('invalid_argument', `there is no fault named ${kind}`);
    if (!Number.isInteger(count) || count < 1) throw new SandboxError('invalid_argument', 'count must be 1 or more');
    if (!(ms >= 0)) throw new SandboxError('invalid_argument', 'ms must be 0 or more');
    const entry = { rule, id: this.#nextId++, remaining: count };
    const fault = { ...rule, id: entry.id, remaining: count };
    this.#rules.push(entry);
    this.#onAdded?.(kind);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#rules.map(({ rule, id, remaining }) => ({ ...rule, id, remaining }));
  }

  clear(): void {
    this.#rules = [];
  }

  /** Uses up one occurrence of the oldest rule of that kind that fits one of the numbers. */
  take(kind: FaultKind, ...numbers: readonly string[]): FaultRule | undefined {
    if (this.#rules.length === 0) return undefined;
    const entry = this.#rules.find(
      ({ rule }) => rule.kind === kind && (rule.number === undefined || numbers.includes(rule.number)),
    );
    if (!entry) return undefined;
    entry.remaining -= 1;
    if (entry.remaining === 0) this.#rules = this.#rules.filter((other) => other !== entry);
    return entry.rule;
  }
}
