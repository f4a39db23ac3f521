import type { Draw, GivenBack, Ledger, Taken, Used, UsedUp } from './ledger.js';
import type { CountUpTo, Period } from './period-count.rules.js';
import { UserUse } from './user-use.js';

/** Counts in the log what a limit is about. @throws {Transient} */
export type CountDraws = (draw: Omit<Draw, 'period' | 'limit'>, period: Period) => Promise<CountUpTo>;

const maxIdleUses = 20_000;

const keyOf = ({ of, userId, sessionId }: Pick<Draw, 'of' | 'userId' | 'sessionId'>): string =>
  `${of} ${of === 'minute' ? sessionId : userId}`;

/** Exact where one process accepts messages: nothing is written, and what was not accepted is not counted, whatever crashed. */
export class MemoryLedger implements Ledger {
  private readonly uses = new Map<string, UserUse>();

  constructor(
    private readonly count: CountDraws,
    readonly reached: Ledger['reached'],
  ) {}

  async take(draws: readonly Draw[], at: string): Promise<Taken | UsedUp> {
    const held = draws.map((draw) => this.useOf(draw).hold());
    try {
      return await this.takeOf(
        held.map(({ use }) => use),
        draws,
        at,
      );
    } finally {
      for (const { release } of held) release();
    }
  }

  private async takeOf(uses: readonly UserUse[], draws: readonly Draw[], at: string): Promise<Taken | UsedUp> {
    const used = await Promise.all(draws.map((draw, index) => (uses[index] as UserUse).used(draw.period)));
    // From here to the reservation, nothing may happen in between.
    for (const [index, draw] of draws.entries()) {
      const found = used[index]?.().used ?? 0;
      if (found >= draw.limit) return { usedUp: draw, used: found };
    }
    const settled = uses.map((use) => use.reserve(at));
    return {
      settle: (outcome) => settled.forEach((settle) => settle(outcome)),
      used: () => used.map((one) => one()),
    };
  }

  async look(draws: readonly Draw[]): Promise<UsedUp | undefined> {
    for (const draw of draws) {
      const { used } = await this.used(draw);
      if (used >= draw.limit) return { usedUp: draw, used };
    }
    return undefined;
  }

  async used(draw: Draw): Promise<Used> {
    return (await this.useOf(draw).used(draw.period))();
  }

  async giveBack({ userId, at, position }: GivenBack): Promise<void> {
    this.uses.get(keyOf({ of: 'day', userId, sessionId: '' }))?.giveBack(at, position);
  }

  private useOf(draw: Draw): UserUse {
    const key = keyOf(draw);
    const { of, userId, sessionId } = draw;
    const use = this.uses.get(key) ?? new UserUse((period) => this.count({ of, userId, sessionId }, period));
    this.uses.delete(key);
    if (this.uses.size >= maxIdleUses) this.forgetOne();
    this.uses.set(key, use); // the last one that is asked for
    return use;
  }

  private forgetOne(): void {
    for (const [key, use] of this.uses) if (use.isIdle) return void this.uses.delete(key);
  }
}
