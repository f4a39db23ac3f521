import { setImmediate } from 'node:timers/promises';
import type { Survives } from '../port.js';
import type { Change } from './writer.js';

type Waiting = {
  readonly change: Change;
  readonly survives: Survives;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

const mostInGroup = 512;

/** Commits changes in the order of the calls. What arrives in one turn of the event loop, or while a commit runs, is committed together. */
export class WriteQueue {
  private readonly waiting: Waiting[] = [];
  private running: Promise<void> | undefined;

  /** `settled` is told of every change, stored or not, before whoever waits for it is. */
  constructor(
    private readonly commit: (changes: readonly Change[], survives: Survives) => Promise<void>,
    private readonly settled: (change: Change) => void,
  ) {}

  push(change: Change, survives: Survives): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ change, survives, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when everything that was pushed is settled. */
  async drain(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await setImmediate(); // a message changes two keys and more
      await this.write(this.waiting.splice(0, mostInGroup));
    }
    this.running = undefined;
  }

  private async write(group: readonly Waiting[]): Promise<void> {
    const survives = group.some((each) => each.survives === 'power_cut') ? 'power_cut' : 'crash';
    const outcome = await this.commit(
      group.map(({ change }) => change),
      survives,
    ).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    for (const { change } of group) this.settled(change);
    for (const { resolve, reject } of group) {
      if (outcome) reject(outcome.error);
      else resolve();
    }
  }
}
