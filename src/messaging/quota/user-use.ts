import { PeriodCount, type CountUpTo, type Period } from './period-count.rules.js';

/** Counts what is in the log. @throws {Transient} */
export type CountPeriod = (period: Period) => Promise<CountUpTo>;

/** `unknown`: the log may hold the message or not. */
export type Outcome =
  { readonly is: 'accepted'; readonly position: number } | { readonly is: 'not_accepted' | 'unknown' };

/** A message while it is being accepted, or of which it is not known whether it was. */
type Reserved = { readonly at: string; isUncertain: boolean };

type Counted = {
  readonly count: PeriodCount;
  counting: Promise<void> | undefined;
  isStale: boolean;
  /** How many of those that are being accepted are in the period. */
  reserved: number;
};

/** A user's day; another one where their time zone changed, or it is about midnight; a minute of a session. */
const maxPeriods = 4;

/** What one user, or session, has used of periods. In memory, because every message asks; counted in the log at first and after a failure. */
export class UserUse {
  private readonly reserved = new Set<Reserved>();
  private holders = 0;
  private periods: Counted[] = [];
  /** The position of the last message that was given back: each is told at least once, in order. */
  private givenBackTo = 0;

  constructor(private readonly countPeriod: CountPeriod) {}

  /** Whether it may be forgotten: it can be counted anew. */
  get isIdle(): boolean {
    return this.reserved.size === 0 && this.holders === 0;
  }

  /** Not idle until `release`: whoever asks what is used, and then reserves, must find the same one as everybody else. */
  hold(): { readonly use: UserUse; readonly release: () => void } {
    this.holders += 1;
    return { use: this, release: () => void (this.holders -= 1) };
  }

  /** How much of a period is used, with what is being accepted. Nothing happens between its answer and what the caller does next. @throws {Transient} */
  async used(period: Period): Promise<() => { readonly accepted: number; readonly used: number }> {
    const counted = this.of(period);
    while (counted.isStale || counted.counting) await (counted.counting ?? this.recount(counted));
    return () => {
      const { count } = counted.count;
      return { accepted: count, used: count + counted.reserved };
    };
  }

  /** Counts a message that is about to be accepted. The answer is to be called once, whatever happens. */
  reserve(at: string): (outcome: Outcome) => void {
    const one: Reserved = { at, isUncertain: false };
    this.add(one);
    return (outcome) => {
      if (outcome.is === 'unknown') {
        one.isUncertain = true;
        for (const counted of this.with(at)) counted.isStale = true;
        return;
      }
      this.remove(one);
      if (outcome.is === 'accepted') this.tell(at, outcome.position, 1);
    };
  }

  /** A message that was accepted at `at` no longer counts; `position`: of the event that says so. */
  giveBack(at: string, position: number): void {
    if (position <= this.givenBackTo) return;
    this.givenBackTo = position;
    this.tell(at, position, -1);
  }

  private tell(at: string, position: number, by: 1 | -1): void {
    for (const { count } of this.with(at)) count.tell({ position, by });
  }

  private with(at: string): readonly Counted[] {
    return this.periods.filter(({ count }) => count.has(at));
  }

  private add(one: Reserved): void {
    this.reserved.add(one);
    for (const counted of this.with(one.at)) counted.reserved += 1;
  }

  private remove(one: Reserved): void {
    if (!this.reserved.delete(one)) return;
    for (const counted of this.with(one.at)) counted.reserved -= 1;
  }

  private of(period: Period): Counted {
    const same = ({ count }: Counted) => count.period.from === period.from && count.period.to === period.to;
    const known = this.periods.find(same);
    if (known) return known;
    const count = new PeriodCount(period);
    const reserved = [...this.reserved].filter(({ at }) => count.has(at)).length;
    const counted: Counted = { count, counting: undefined, isStale: true, reserved };
    this.periods = [...this.periods.slice(1 - maxPeriods), counted];
    return counted;
  }

  private recount(counted: Counted): Promise<void> {
    counted.counting = this.countAnew(counted).finally(() => (counted.counting = undefined));
    return counted.counting;
  }

  private async countAnew(counted: Counted): Promise<void> {
    const { count } = counted;
    const uncertain = [...this.reserved].filter((one) => one.isUncertain && count.has(one.at));
    counted.isStale = false;
    count.beginCount();
    try {
      count.finishCount(await this.countPeriod(count.period));
    } catch (error) {
      counted.isStale = true;
      throw error;
    }
    for (const one of uncertain) this.remove(one); // the log has shown which of them it holds
  }
}
