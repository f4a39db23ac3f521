import { RevisionConflict } from '../errors.js';
import type { Appended } from '../port.js';
import type { TextAppend } from './input.js';
import { storeError } from './problems.js';
import type { Outcome, Unit } from './wire.js';

type Waiting = {
  readonly unit: Unit;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
};

/** What stands around the groups. */
export type GroupHooks = {
  /** Answers for each append of each unit, one after the other. `recordedAt` (milliseconds) is the time of them all. */
  readonly commit: (units: readonly Unit[], recordedAt: number) => Promise<readonly Outcome[]>;
  /** Told of each append of a group that was committed, in the order of the log, before any appender is. */
  readonly outcome: (append: TextAppend, outcome: Outcome, recordedAt: number) => void;
  /** Told at the end of a group that was committed, before any appender is. */
  readonly done: () => void;
  /** Told once for a group that failed. */
  readonly failed: () => void;
};

const mostUnits = 2048;
/** Commits of a few begin at least so many milliseconds apart: waking the writer and syncing the disk costs more than what they carry. */
const leastPause = 2;
/** So many do not wait for more. */
const many = 16;

/**
 * Gathers what is to be appended while a commit is under way, and hands it to the writer as the next group: the longer a commit
 * takes, the more the next one carries.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private underWay: Promise<void> | undefined;
  private isDue = false;
  private pausing: NodeJS.Timeout | undefined;
  private begunAt = -Infinity;

  constructor(private readonly hooks: GroupHooks) {}

  add(unit: Unit): Promise<readonly Appended[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ unit, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.underWay) {
      this.send();
      await this.underWay;
    }
  }

  /** At the end of this turn of the event loop, so that all that asked in the same turn go together; later where one went just now. */
  private schedule(): void {
    if (this.isDue || this.underWay) return;
    const rest = this.begunAt + leastPause - performance.now();
    if (rest > 0 && this.waiting.length < many) {
      this.pausing ??= setTimeout(() => this.send(), rest);
      return;
    }
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.send();
    });
  }

  private send(): void {
    clearTimeout(this.pausing);
    this.pausing = undefined;
    if (this.underWay || this.waiting.length === 0) return;
    this.begunAt = performance.now();
    const group = this.waiting.splice(0, mostUnits);
    this.underWay = this.run(group).finally(() => {
      this.underWay = undefined;
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private async run(group: readonly Waiting[]): Promise<void> {
    try {
      const recordedAt = Date.now();
      const outcomes = await this.hooks.commit(
        group.map(({ unit }) => unit),
        recordedAt,
      );
      for (const [index, append] of group.flatMap(({ unit }) => unit).entries()) {
        this.hooks.outcome(append, outcomes[index] as Outcome, recordedAt);
      }
      this.hooks.done();
      let next = 0;
      for (const waiting of group) answer(waiting, outcomes.slice(next, (next += waiting.unit.length)));
    } catch (error) {
      this.hooks.failed();
      const failure = storeError(error);
      for (const { reject } of group) reject(failure);
    }
  }
}

const answer = ({ unit, resolve, reject }: Waiting, outcomes: readonly Outcome[]): void => {
  const appended: Appended[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'conflict') {
      const { stream, expected } = unit[index] as TextAppend;
      return reject(new RevisionConflict(stream, expected, outcome.actual));
    }
    if (outcome.kind !== 'left_out') appended.push({ revision: outcome.revision, position: outcome.position });
  }
  resolve(appended);
};
