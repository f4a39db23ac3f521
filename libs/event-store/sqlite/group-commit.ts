import { RevisionConflict } from '../errors.js';
import type { Appended } from '../port.js';
import type { SerializedAppend } from '../serialize.js';
import { storeError } from './errors.js';
import type { AppendOutcome, AtomicAppends } from './wire.js';

type Pending = {
  readonly appends: AtomicAppends;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
};

/** What a group commit works with. */
export type GroupHooks = {
  /** Commits a group; returns the outcome of each append, in order. `recordedAt` is in milliseconds. */
  readonly commit: (group: readonly AtomicAppends[], recordedAt: number) => Promise<readonly AppendOutcome[]>;
  /** Called for each append of a committed group, in order, before any caller is answered. */
  readonly onOutcome: (append: SerializedAppend, outcome: AppendOutcome, recordedAt: number) => void;
  /** Called once for a committed group, before any caller is answered. */
  readonly onCommitted: () => void;
  /** Called once for a failed group. */
  readonly onFailed: () => void;
};

const maxGroupSize = 2048;
/** Small groups start at least this far apart: waking the writer and syncing the disk costs more than storing a few events. */
const minCommitIntervalMs = 2;
/** A group of this size does not wait for the interval. */
const immediateGroupSize = 16;

/**
 * Appends that arrive during a commit form the next group, which is stored in one transaction: the longer a commit takes, the larger
 * the next group.
 */
export class GroupCommit {
  private waiting: Pending[] = [];
  private committing: Promise<void> | undefined;
  private isScheduled = false;
  private timer: NodeJS.Timeout | undefined;
  private startedAt = -Infinity;

  constructor(private readonly hooks: GroupHooks) {}

  add(appends: AtomicAppends): Promise<readonly Appended[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ appends, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves once nothing waits or is being committed. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.committing) {
      this.commit();
      await this.committing;
    }
  }

  /** At the end of this turn of the event loop, so that its appends are committed together; later if a commit has just started. */
  private schedule(): void {
    if (this.isScheduled || this.committing) return;
    const waitMs = this.startedAt + minCommitIntervalMs - performance.now();
    if (waitMs > 0 && this.waiting.length < immediateGroupSize) {
      this.timer ??= setTimeout(() => this.commit(), waitMs);
      return;
    }
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.commit();
    });
  }

  private commit(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.committing || this.waiting.length === 0) return;
    this.startedAt = performance.now();
    const group = this.waiting.splice(0, maxGroupSize);
    this.committing = this.run(group).finally(() => {
      this.committing = undefined;
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private async run(group: readonly Pending[]): Promise<void> {
    try {
      const recordedAt = Date.now();
      const outcomes = await this.hooks.commit(
        group.map(({ appends }) => appends),
        recordedAt,
      );
      for (const [index, append] of group.flatMap(({ appends }) => appends).entries()) {
        this.hooks.onOutcome(append, outcomes[index] as AppendOutcome, recordedAt);
      }
      this.hooks.onCommitted();
      let next = 0;
      for (const pending of group) answer(pending, outcomes.slice(next, (next += pending.appends.length)));
    } catch (error) {
      this.hooks.onFailed();
      const failure = storeError(error);
      for (const { reject } of group) reject(failure);
    }
  }
}

const answer = ({ appends, resolve, reject }: Pending, outcomes: readonly AppendOutcome[]): void => {
  const appended: Appended[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'conflict') {
      const { stream, expected } = appends[index] as SerializedAppend;
      return reject(new RevisionConflict(stream, expected, outcome.actual));
    }
    if (outcome.kind !== 'not_tried') appended.push({ revision: outcome.revision, position: outcome.position });
  }
  resolve(appended);
};
