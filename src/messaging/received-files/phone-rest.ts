import { retryWaitMs, type RetryPolicy } from '#lib/async';
import type { PhoneNotAsked } from './lost-file.js';

/**
 * Whether the phone of an account answers, as far as its last answers tell. One that did not answer is left alone for a while: longer each time,
 * until it answers.
 */
export class PhoneRest {
  /** In a row. */
  private silences = 0;
  private lastSilence: { readonly number: number; readonly why: PhoneNotAsked } | undefined;
  /** How often something was learned about the phone: an answer, that there is none, or that it may be reached anew. */
  private learned = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly policy: RetryPolicy) {}

  get isResting(): boolean {
    return this.timer !== undefined;
  }

  /** What `silenceSince` takes. */
  get now(): number {
    return this.learned;
  }

  /** Why it cannot be asked, where that turned out since then. */
  silenceSince(before: number): PhoneNotAsked | undefined {
    return this.lastSilence && this.lastSilence.number > before ? this.lastSilence.why : undefined;
  }

  /** The phone is asked. To be told how that ended: a silence counts only where nothing was learned meanwhile. */
  ask(): (silence?: PhoneNotAsked) => void {
    const before = this.learned;
    return (silence) => {
      if (!silence) this.wake();
      else if (this.learned === before) this.rest(silence);
    };
  }

  /** Resolves when it may be asked; at the latest when it is woken. */
  async over(): Promise<void> {
    while (this.isResting) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** It may answer: it has, or there is a new connection. */
  wake(): void {
    this.learned += 1;
    this.silences = 0;
    this.lastSilence = undefined;
    this.end();
  }

  private rest(why: PhoneNotAsked): void {
    this.learned += 1;
    this.silences += 1;
    this.lastSilence = { number: this.learned, why };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), retryWaitMs(this.policy, this.silences)).unref();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
