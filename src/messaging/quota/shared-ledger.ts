import { DomainError } from '#lib/event-sourcing';
import { startOfQuarter } from '#lib/time-zones';
import {
  afterTaking,
  minuteKey,
  takenIn,
  type Allowance,
  type AllowanceCommand,
  type Take,
} from './allowance.decider.js';
import { minuteOf } from './days.js';
import type { Draw, GivenBack, Ledger, Taken, Used, UsedUp } from './ledger.js';
import type { CountDraws } from './memory-ledger.js';

/** The streams of allowances, as this process sees them. */
export type AllowanceStreams = {
  /** As the log has it. @throws {StoreUnavailable} */
  readonly state: (userId: string) => Promise<Allowance>;
  /** As this process saw it last. */
  readonly known: (userId: string) => Allowance;
  /** @throws {DomainError} @throws {StoreUnavailable} */
  readonly execute: (command: AllowanceCommand) => Promise<void>;
};

type Answer = Taken | UsedUp;

/** A message that waits for its user's turn. */
type Waiting = {
  readonly draws: readonly Draw[];
  readonly at: string;
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
};

/** What waits of a user, and what was taken for messages that were not accepted after all. */
type Turn = { readonly waiting: Waiting[]; readonly unused: Take[]; isRunning: boolean };

const maxTogether = 500;

/**
 * Exact for all processes that share a log: what they accept is taken in a stream of its user before. What comes while one append is under way is
 * taken together with the next. A process that is killed leaves taken what it was accepting at that moment.
 */
export class SharedLedger implements Ledger {
  private readonly turns = new Map<string, Turn>();
  /** The users whose streams have all that was accepted before: checked once, since a log moves only while no process runs. */
  private readonly opened = { day: new Set<string>(), people: new Set<string>() };

  constructor(
    private readonly streams: AllowanceStreams,
    private readonly count: CountDraws,
  ) {}

  take(draws: readonly Draw[], at: string): Promise<Answer> {
    const [{ userId } = nobody] = draws;
    return new Promise((answer, fail) => {
      this.turnOf(userId).waiting.push({ draws, at, answer, fail });
      void this.run(userId);
    });
  }

  async look(draws: readonly Draw[], at: string): Promise<UsedUp | undefined> {
    for (const draw of draws) if (!this.isOpen(draw)) await this.open(draw, at);
    const allowance = await this.streams.state(draws[0]?.userId ?? nobody.userId);
    return afterTaking(allowance, takesOf({ draws, at })) ? undefined : refusal(allowance, draws);
  }

  async used(draw: Draw): Promise<Used> {
    if (!this.isOpen(draw)) await this.open(draw, draw.period.from);
    return usedOf(await this.streams.state(draw.userId), draw);
  }

  async giveBack({ userId, messageId, at }: GivenBack): Promise<void> {
    const change = { key: 'day', bucket: quarterOf(at), by: -1 };
    await this.streams.execute({ type: 'GiveBackAllowance', data: { userId, messageId, change } });
  }

  /** What is given back is in the stream, which is asked before each refusal. */
  async reached(): Promise<void> {}

  private turnOf(userId: string): Turn {
    const turn = this.turns.get(userId) ?? { waiting: [], unused: [], isRunning: false };
    this.turns.set(userId, turn);
    return turn;
  }

  private async run(userId: string): Promise<void> {
    const turn = this.turnOf(userId);
    if (turn.isRunning) return;
    turn.isRunning = true;
    while (turn.waiting.length + turn.unused.length > 0) {
      const together = turn.waiting.splice(0, maxTogether);
      const unused = turn.unused.splice(0);
      try {
        await this.takeTogether(userId, together, unused);
      } catch (error) {
        // What was not used stays taken: whether the log has it is not known.
        for (const { fail } of together) fail(error);
      }
    }
    this.turns.delete(userId);
  }

  /** Answers all of them. Those that come first are taken first. */
  private async takeTogether(userId: string, together: readonly Waiting[], unused: readonly Take[]): Promise<void> {
    for (const { draws, at } of together) for (const draw of draws) if (!this.isOpen(draw)) await this.open(draw, at);
    const at = together[0]?.at ?? new Date().toISOString();
    for (let left = together; ;) {
      const takes = summed([...unused, ...left.flatMap(takesOf)]);
      if (takes.length === 0) return;
      try {
        await this.streams.execute({ type: 'TakeAllowance', data: { userId, takes, at } });
        for (const one of left) one.answer(this.taken(userId, one));
        return;
      } catch (error) {
        if (!(error instanceof DomainError && error.code === 'allowance_used_up')) throw error;
      }
      left = this.fitting(await this.streams.state(userId), left, unused);
    }
  }

  /** Those for which there is room; the others are refused. */
  private fitting(allowance: Allowance, all: readonly Waiting[], unused: readonly Take[]): readonly Waiting[] {
    let state = afterTaking(allowance, unused) ?? allowance;
    return all.filter((one) => {
      const after = afterTaking(state, takesOf(one));
      if (after) state = after;
      else one.answer(refusal(state, one.draws));
      return after !== undefined;
    });
  }

  private taken(userId: string, { draws, at }: Waiting): Taken {
    return {
      settle: ({ is }) => {
        if (is !== 'not_accepted') return;
        // There is a message with its id already, in the chat that it would have opened: that one counts.
        const unused = takesOf({ draws: draws.filter(({ chatId }) => chatId === undefined), at });
        this.turnOf(userId).unused.push(...unused.map((take) => ({ ...take, count: -1 })));
        void this.run(userId);
      },
      used: () => draws.map((draw) => usedOf(this.streams.known(userId), draw)),
    };
  }

  /** A minute is over before a log is moved. */
  private isOpen({ of, userId }: Draw): boolean {
    return of === 'minute' || this.opened[of].has(userId);
  }

  /** What was accepted in the period of `draw`, and is not in the stream, counts: from before there was one, or while the log was a file. */
  private async open({ of, userId, sessionId, period: { from, to } }: Draw, at: string): Promise<void> {
    if (of === 'minute') return;
    const { count } = await this.count({ of, userId, sessionId }, { from, to });
    const accepted = { key: of, bucket: quarterOf(at), count, period: { from, to } };
    if (count > 0) await this.streams.execute({ type: 'OpenAllowance', data: { userId, accepted, at } });
    this.opened[of].add(userId);
  }
}

const nobody = { userId: '' };

const quarterOf = (at: string): string => new Date(startOfQuarter(Date.parse(at))).toISOString();

const keyOf = ({ of, sessionId }: Draw): string => (of === 'minute' ? minuteKey(sessionId) : of);

const takesOf = ({ draws, at }: Pick<Waiting, 'draws' | 'at'>): readonly Take[] =>
  draws.map((draw) => ({
    key: keyOf(draw),
    bucket: draw.of === 'minute' ? minuteOf(at).from : quarterOf(at),
    count: 1,
    period: { from: draw.period.from, to: draw.period.to },
    limit: draw.limit,
    ...(draw.chatId !== undefined && { chatId: draw.chatId }),
  }));

/** One for each of the same kind: what is given back before what is taken. */
const summed = (takes: readonly Take[]): readonly Take[] => {
  const sums = new Map<string, Take>();
  for (const take of takes) {
    const { key, bucket, period, limit, chatId = '' } = take;
    const name = [key, bucket, period.from, period.to, limit, take.count > 0, chatId].join(' ');
    const before = sums.get(name);
    if (before && chatId !== '') continue;
    sums.set(name, before ? { ...before, count: before.count + take.count } : take);
  }
  return [...sums.values()];
};

const usedOf = (allowance: Allowance, draw: Draw): Used => {
  const used = takenIn(allowance, keyOf(draw), draw.period);
  return { accepted: used, used };
};

const refusal = (allowance: Allowance, draws: readonly Draw[]): UsedUp => {
  const found = draws.find((draw) => usedOf(allowance, draw).used >= draw.limit) ?? draws[0];
  if (!found) throw new Error('A message counts for no limit');
  return { usedUp: found, used: usedOf(allowance, found).used };
};
