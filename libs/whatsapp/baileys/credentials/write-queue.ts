import { setImmediate } from 'node:timers/promises';
import type { CredentialsChange } from './change.js';
import type { Durability } from './port.js';

type QueuedChange = {
  readonly change: CredentialsChange;
  readonly durability: Durability;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

const maxChangesPerCommit = 512;

/**
 * Commits changes in the order of the calls. Those of one turn of the event loop, and those during a commit, are batched. Where a commit fails,
 * what waits behind it for one of its sessions fails as well: it was made on top of what is not stored.
 */
export class WriteQueue {
  private queued: QueuedChange[] = [];
  private running: Promise<void> | undefined;

  /** `settled` is called for every change, stored or not, before its promise settles. */
  constructor(
    private readonly commit: (changes: readonly CredentialsChange[], durability: Durability) => Promise<void>,
    private readonly settled: (change: CredentialsChange) => void,
  ) {}

  push(change: CredentialsChange, durability: Durability): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queued.push({ change, durability, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when all changes are settled. */
  async drain(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    while (this.queued.length > 0) {
      await setImmediate(); // each message changes two keys or more
      await this.write(this.queued.splice(0, maxChangesPerCommit));
    }
    this.running = undefined;
  }

  private async write(group: readonly QueuedChange[]): Promise<void> {
    const durability = group.some((each) => each.durability === 'power_cut') ? 'power_cut' : 'crash';
    const outcome = await this.commit(
      group.map(({ change }) => change),
      durability,
    ).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const settled = outcome ? [...group, ...this.takeBehind(group)] : group;
    for (const { change } of settled) this.settled(change);
    for (const { resolve, reject } of settled) {
      if (outcome) reject(outcome.error);
      else resolve();
    }
  }

  /** A removal depends on nothing before it. */
  private takeBehind(group: readonly QueuedChange[]): readonly QueuedChange[] {
    const sessions = new Set(group.map(({ change }) => change.session));
    const dependsOn = ({ change }: QueuedChange): boolean => change.entries !== null && sessions.has(change.session);
    const behind = this.queued.filter(dependsOn);
    this.queued = this.queued.filter((each) => !dependsOn(each));
    return behind;
  }
}
